"""What is read: pages, feeds, sitemaps, previews, answers of a wiki."""

from tests.fuzz import seeds as of
from tests.fuzz.target import assert_normalised, assert_visible, assert_web_address, target


@target(of.HTML, of.HTML_TOKENS)
def check_html(data: bytes) -> None:
    """Main text and metadata of a page."""
    from pipelines.ingest.html import read_html
    from pipelines.ingest.text import UnreadableTextError

    try:
        text, stated = read_html(data)
    except UnreadableTextError as error:
        assert_visible(str(error))
        return
    assert text.strip()
    assert_normalised(text)
    for value in (stated.title, stated.publisher, stated.language, stated.license, stated.revision, stated.kind):
        assert_visible(value)
    if stated.url is not None:
        assert_web_address(stated.url)
    assert (text, stated) == read_html(data)
