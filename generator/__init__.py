"""The portal: content in, a static site out. Never imports the worker; they meet in content/."""
