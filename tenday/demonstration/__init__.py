"""The demonstration: a whole office with its mail servers, its people and twelve days, inside one process."""
