"""The search page. Nothing in it is personal: it is a form, and a script that asks the API with the searcher's own token."""

from functools import cache
from http import HTTPStatus
from importlib import resources

from fastapi import APIRouter, Request, Response
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.exceptions import HTTPException

from search_api.errors import language_of
from search_api.language import HTML_NAMES, Language
from search_api.page.words import WORDS

router = APIRouter(include_in_schema=False)

_SOURCES = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "connect-src": "'self'",
    "img-src": "blob:",  # pictures come with the token, so the script fetches them
    "object-src": "blob:",  # how some browsers show the PDF that is opened
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}
_SCRIPTS = ("asking.js", "hits.js", "list.js", "search.js", "viewer.js")
_FILES = dict.fromkeys(_SCRIPTS, "text/javascript") | {"search.css": "text/css"}


@router.get("/")
async def search_page(request: Request, lang: str = "") -> Response:
    """In the language of `?lang=`, else of the browser."""
    language: Language = "zh" if lang == "zh" else "en" if lang == "en" else language_of(request)
    headers = {
        "Content-Language": HTML_NAMES[language],
        "Content-Security-Policy": "; ".join(f"{what} {source}" for what, source in _SOURCES.items()),
        "Vary": "Accept-Language",
    }
    return Response(_html(language), headers=headers, media_type="text/html")


@router.get("/page/{name}")
async def page_file(name: str) -> Response:
    """The page's script and style."""
    if name not in _FILES:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return Response(_file(name), media_type=_FILES[name])


@cache
def _html(language: Language) -> str:
    environment = Environment(loader=PackageLoader("search_api", "page"), autoescape=True, undefined=StrictUndefined)
    other: Language = "en" if language == "zh" else "zh"
    template = environment.get_template("search.html")
    return template.render(
        words=WORDS[language], html_lang=HTML_NAMES[language], other=other, other_html_lang=HTML_NAMES[other]
    )


@cache
def _file(name: str) -> str:
    return (resources.files("search_api.page") / name).read_text("utf-8")
