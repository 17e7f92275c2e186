"""Feeds of notices, figures and corrections, each as Atom (RFC 4287) and as JSON Feed 1.1."""

import json
from collections.abc import Mapping

import jinja2

from generator.site import Site
from generator.subscriptions.items import Feed, feeds


def render(site: Site, templates: jinja2.Environment) -> Mapping[str, bytes]:
    """Write every feed in both forms."""
    template = templates.get_template("feed.atom")
    files = {}
    for feed in feeds(site.content, site.today):
        files[f"feeds/{feed.name}.atom"] = template.render(site=site, feed=feed).encode()
        files[f"feeds/{feed.name}.json"] = _json_feed(site, feed)
    return files


def _json_feed(site: Site, feed: Feed) -> bytes:
    items = [
        {
            "id": item.id,
            "url": item.address,
            "title": item.title,
            "content_text": item.text,
            "date_published": item.published.isoformat(),
            "date_modified": item.updated.isoformat(),
        }
        for item in feed.items
    ]
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.page,
        "feed_url": f"{site.office.origin}feeds/{feed.name}.json",
        "language": "zh-CN",
        "authors": [{"name": site.office.name, "url": site.office.origin}],
        "items": items,
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()
