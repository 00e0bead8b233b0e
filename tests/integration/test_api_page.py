"""The search page: whole in both languages, with nothing from elsewhere, usable without a mouse or eyes."""

import json
import re
from html.parser import HTMLParser

import pytest

from search_api.page.words import WORDS
from tests.builders.api import service


class Elements(HTMLParser):
    """Every element with its attributes, and the text of the words for the script."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.found and self.found[-1][1].get("id") == "words":
            self.words += data

    def named(self, *tags: str):
        return [attributes for tag, attributes in self.found if tag in tags]


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    with service(tmp_path_factory.mktemp("home")) as running:
        yield running.client


@pytest.mark.parametrize(
    ("path", "accepted", "language", "title"),
    [
        ("/", "zh-CN,zh;q=0.9", "zh-CN", "查找理赔档案"),
        ("/", "en-GB", "en", "Find a claim"),
        ("/?lang=en", "zh-CN", "en", "Find a claim"),
        ("/?lang=zh", "en", "zh-CN", "查找理赔档案"),
        ("/?lang=nonsense", "zh", "zh-CN", "查找理赔档案"),
    ],
)
def test_the_page_is_in_the_language_of_its_reader_or_the_one_chosen(client, path, accepted, language, title):
    reply = client.get(path, headers={"Accept-Language": accepted})
    page = Elements(reply.text)
    assert page.named("html") == [{"lang": language}]
    assert reply.headers["content-language"] == language
    assert f"<h1>{title}</h1>" in reply.text
    assert json.loads(page.words) == WORDS["zh" if language == "zh-CN" else "en"]
    assert any(link.get("href") == f"/?lang={'en' if language == 'zh-CN' else 'zh'}" for link in page.named("a"))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_field_has_a_label_and_every_hint_is_bound(client, language):
    page = Elements(client.get("/", params={"lang": language}).text)
    ids = [attributes["id"] for _, attributes in page.found if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {field["id"] for field in page.named("input")} == {label["for"] for label in page.named("label")}
    described = [field["aria-describedby"] for field in page.named("input") if "aria-describedby" in field]
    assert described
    assert set(described) <= set(ids)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_button_says_one_of_the_pages_words(client, language):
    html = client.get("/", params={"lang": language}).text
    said = re.findall(r"<(?:button|legend|label|h1|h2)[^>]*>([^<]*)<", html)
    assert len(said) > 10
    assert set(said) <= set(WORDS[language].values())


def test_results_are_announced(client):
    page = Elements(client.get("/").text)
    assert any(attributes.get("aria-live") == "polite" for attributes in page.named("p"))


def test_nothing_is_loaded_from_elsewhere_and_no_script_stands_in_the_page(client):
    page = Elements(client.get("/").text)
    for attributes in page.named("script", "link", "img", "a", "form"):
        address = attributes.get("src") or attributes.get("href") or attributes.get("action") or ""
        assert not re.match(r"\w+:|//", address)
    assert [script.get("type") for script in page.named("script") if "src" not in script] == ["application/json"]
    assert not any(name.startswith(("on", "style")) for _, attributes in page.found for name in attributes)


def test_the_page_may_load_only_its_own_script_and_style(client):
    policy = client.get("/").headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert client.get("/page/search.js").headers["content-type"].startswith("text/javascript")
    assert client.get("/page/search.css").headers["content-type"].startswith("text/css")


@pytest.mark.parametrize("name", ["words.py", "search.html", "__init__.py", "..%2Fapp.py"])
def test_nothing_else_of_the_page_is_given_out(client, name):
    assert client.get(f"/page/{name}").status_code == 404


def test_the_scripts_say_only_words_that_there_are_and_put_in_text_as_text(client):
    scripts = {"/page/search.js", "/page/list.js"}
    for path in scripts:
        assert any(script.get("src") == path for script in Elements(client.get("/").text).named("script"))
    looked_at: set[str] = set()
    while left := scripts - looked_at:
        path = left.pop()
        looked_at.add(path)
        reply = client.get(path)
        assert reply.status_code == 200
        said = set(re.findall(r'say\("([a-z_]+)"', reply.text))
        assert said <= set(WORDS["en"])
        assert "innerHTML" not in reply.text
        assert "localStorage" not in reply.text
        scripts |= {f"/page/{name}" for name in re.findall(r'from "\./([a-z]+\.js)"', reply.text)}
    assert len(looked_at) == 5
