"""Searching over HTTP and by command: what is found, what is shown to whom, what is left behind."""

import json
import subprocess
import sys
from dataclasses import replace

import pytest
from click.testing import CliRunner

from archive.search_keys.numbers import tokens_of_number
from schemas.record import IndexRecord, PlacedToken
from search_api.commands import search
from tests.builders.api import service
from tests.builders.kept_documents import KeptDocument, keep

OTHER = KeptDocument("司徒望舒", "PZAT20200009988", "440305198001018888", "2020-11-20", "出院小结 复查")


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with service(tmp_path_factory.mktemp("home")) as ours:
        yield ours


@pytest.fixture(scope="module")
def document(running):
    return keep(running.archive, KeptDocument())


@pytest.fixture(scope="module")
def other(running):
    return keep(running.archive, OTHER)


def ask(running, role="handler", language="en", **question: object):
    reply = running.ask(role, "POST", "/api/search", json=question, headers={"Accept-Language": language})
    assert reply.status_code == 200
    return reply.json()


@pytest.mark.parametrize(
    ("question", "tier", "reason"),
    [
        ({"name": "欧阳若澜"}, "exact", "name_same"),
        ({"name": "ouyang ruolan"}, "likely", "name_pinyin"),
        ({"number": "PZAT20190000417"}, "exact", "number_same"),
        ({"number": "PZAT2O19OOOO417"}, "likely", "number_lookalike"),
        ({"number": "000417"}, "possible", "number_tail"),
        ({"date": "2019年3月5日"}, "exact", "date_day_loss"),
        ({"from": "2019-01-01", "to": "2019-12-31"}, "exact", "date_within_loss"),
        ({"text": "门诊病历"}, "exact", "text_phrase"),
    ],
)
def test_a_document_is_found_by_each_key(running, document, other, question, tier, reason):
    answer = ask(running, **question)
    assert answer["total"] == 1
    (hit,) = answer["hits"]
    assert (hit["document"], hit["tier"], hit["page_number"]) == (document, tier, 1)
    assert hit["document_class"] == "claim_application"
    (match,) = hit["matches"]
    assert (match["key"], match["tier"], match["reason"]) == (next(iter(question)).replace("from", "date"), tier, reason)
    assert hit["reason"] == match["words"]
    assert hit["box"] == match["box"]
    assert len(hit["box"]) == 4
    assert all(len(corner) == 2 for corner in hit["box"])


def test_all_keys_must_match_and_the_weakest_tier_counts(running, document, other):
    answer = ask(running, name="欧阳若澜", number="000417")
    assert [(hit["document"], hit["tier"]) for hit in answer["hits"]] == [(document, "possible")]
    assert len(answer["hits"][0]["matches"]) == 2
    assert ask(running, name="端木无此人", number="000418")["hits"] == []


@pytest.mark.parametrize(("language", "words"), [("en", "this name is not on the document"), ("zh", "文档上没有此姓名")])
def test_a_key_that_contradicts_a_certain_number_is_told_as_such(running, document, other, language, words):
    (hit,) = ask(running, language=language, name="欧阳若澜", number=OTHER.policy_number)["hits"]
    assert (hit["document"], hit["tier"]) == (other, "possible")
    told = [(match["reason"], match["tier"]) for match in hit["matches"]]
    assert told == [("name_contradicts", "possible"), ("number_same", "exact")]
    assert hit["matches"][0]["words"] == words


def test_a_handler_sees_the_fields_that_the_policy_shows_handlers(running, document):
    fields = ask(running, number="PZAT20190000417")["hits"][0]["fields"]
    assert set(fields) == {"insured", "policy_number", "loss_date"}
    assert fields["insured"]["value"] == "欧阳若澜"
    assert fields["insured"]["page_number"] == 1


def test_compliance_sees_all_fields(running, document):
    fields = ask(running, role="compliance", number="PZAT20190000417")["hits"][0]["fields"]
    assert {"identity_number", "diagnosis"} <= set(fields)


def test_the_tail_of_an_identity_number_is_found_by_compliance_only(running, document):
    assert ask(running, role="compliance", number="31002X")["total"] == 1
    assert ask(running, role="handler", number="31002X")["total"] == 0


def test_get_answers_as_post_does(running, document):
    by_address = running.ask("handler", "GET", "/api/search", params={"from": "2019-03-01", "to": "2019-03-31", "limit": 5})
    assert by_address.json() == ask(running, **{"from": "2019-03-01", "to": "2019-03-31"}, limit=5)
    assert by_address.json()["total"] == 1


def test_pages_of_results_have_the_same_total(running, document, other):
    question = {"from": "2019", "to": "2020"}
    both = ask(running, **question)
    assert both["total"] == 2
    second = ask(running, **question, offset=1, limit=1)
    assert (second["total"], second["hits"]) == (2, both["hits"][1:])


def walked(running, role="handler", **question):
    """All pages of results, one behind the other."""
    pages = [ask(running, role, **question)]
    while pages[-1]["next"]:
        pages.append(ask(running, role, **question, after=pages[-1]["next"]))
    return pages


def test_an_answer_goes_on_where_it_ended(running, document, other):
    question = {"from": "2019", "to": "2020"}
    whole = ask(running, **question)
    pages = walked(running, **question, limit=1)
    assert [page["hits"] for page in pages] == [[hit] for hit in whole["hits"]]
    assert [page["total"] for page in pages] == [2, 2]
    assert (whole["next"], pages[-1]["next"]) == (None, None)


def facets_of(answer):
    return {name: [(each["value"], each["documents"]) for each in counts] for name, counts in answer["facets"].items()}


def test_documents_are_chosen_and_counted_by_status_insurer_and_lacking_pages(tmp_path):
    insurer = "安澜人寿保险股份有限公司"
    with service(tmp_path / "home") as own:
        paid = keep(own.archive, KeptDocument(labels=("status:paid", f"insurer:{insurer}"), second_page_failed=True))
        refused = keep(own.archive, replace(OTHER, labels=("status:refused",)))
        question = {"from": "2018", "to": "2021"}
        answer = ask(own, **question, facets=["status", "insurer", "completeness"])
        assert facets_of(answer) == {
            "status": [("paid", 1), ("refused", 1)],
            "insurer": [(insurer, 1)],
            "completeness": [("complete", 1), ("partial", 1)],
        }
        for choice, expected in (
            ({"status": "paid"}, [paid]),
            ({"status": "refused"}, [refused]),
            ({"status": "opened"}, []),
            ({"insurer": insurer}, [paid]),
            ({"insurer": "瑞禾财产保险股份有限公司"}, []),
            ({"completeness": "partial"}, [paid]),
            ({"completeness": "complete"}, [refused]),
        ):
            assert [hit["document"] for hit in ask(own, **question, **choice)["hits"]] == expected
        listed = run(own, "--from", "2018", "--to", "2021", "--facet", "status", "--insurer", insurer).output
        assert "status: paid 1" in listed.splitlines()


def test_documents_are_chosen_and_counted_by_what_is_known_of_them(tmp_path):
    with service(tmp_path / "home") as own:
        first, second = keep(own.archive, KeptDocument()), keep(own.archive, OTHER)
        batches = [each["batch"] for each in own.ask("compliance", "GET", "/api/batches").json()["batches"]]
        question = {"from": "2018", "to": "2021"}
        names = ["year", "class", "completeness"]
        answer = ask(own, **question, facets=names, limit=1)
        assert facets_of(answer) == {
            "year": [("2019", 1), ("2020", 1)],
            "class": [("claim_application", 2)],
            "completeness": [("complete", 2)],
        }
        for choice, expected in (
            ({"year": "2019"}, [first]),
            ({"year": "2018"}, []),
            ({"class": "claim_application", "year": "2020"}, [second]),
            ({"class": "receipt"}, []),
            ({"completeness": "complete"}, sorted([first, second])),
            ({"completeness": "partial"}, []),
        ):
            answer = ask(own, **question, **choice)
            assert (answer["total"], [hit["document"] for hit in answer["hits"]]) == (len(expected), expected)
        custody = ask(own, "compliance", **question, facets=["batch", "box", "source"])
        assert facets_of(custody) == {
            "batch": [(each, 1) for each in sorted(batches)],
            "box": [("箱 7", 2)],
            "source": [("旧扫描仪", 2)],
        }
        assert ask(own, "compliance", **question, batch=batches[0])["total"] == 1
        assert ask(own, "compliance", **question, box="箱  7", source="旧扫描仪")["total"] == 2
        assert ask(own, "compliance", **question, box="箱 8")["total"] == 0
        listed = run(own, "--from", "2018", "--to", "2021", "--facet", "box", "--facet", "year", "--year", "2019").output
        assert "box: 箱 7 1" in listed.splitlines()
        assert "year: 2019 1" in listed.splitlines()


@pytest.mark.parametrize("asked", [{"batch": "B-1"}, {"source": "a"}, {"box": "a"}, {"facets": ["year", "box"]}])
def test_what_custody_tells_is_for_compliance(running, document, asked):
    reply = running.ask("handler", "POST", "/api/search", json={"name": "欧阳若澜", **asked})
    assert (reply.status_code, reply.json()["reason"]) == (403, "not_allowed")


@pytest.mark.parametrize(
    "asked", [{"class": "欧阳"}, {"status": "欧阳"}, {"year": "19"}, {"completeness": "x"}, {"facets": ["name"]}]
)
def test_a_choice_that_there_is_not_is_refused_without_being_quoted(running, asked):
    reply = running.ask("handler", "POST", "/api/search", json={"name": "欧阳若澜", **asked})
    assert (reply.status_code, reply.json()["reason"]) == (422, "invalid_request")
    assert "欧阳" not in reply.text


def test_a_cursor_holds_for_the_choice_it_was_given_for(running, document, other):
    cursor = ask(running, **{"from": "2019", "to": "2020"}, limit=1, completeness="complete")["next"]
    question = {"from": "2019", "to": "2020", "after": cursor}
    assert running.ask("handler", "POST", "/api/search", json=question).status_code == 422
    assert len(ask(running, **question, completeness="complete")["hits"]) == 1


def test_what_comes_in_meanwhile_neither_repeats_nor_hides_a_hit(tmp_path):
    with service(tmp_path / "home") as own:
        numbers = [f"PZAT201900004{number}" for number in range(10, 14)]
        kept = sorted(keep(own.archive, KeptDocument(policy_number=number)) for number in numbers)
        first = ask(own, name="欧阳若澜", limit=2)
        kept.append(keep(own.archive, KeptDocument(policy_number="PZAT20190000499")))
        rest = ask(own, name="欧阳若澜", after=first["next"])
    assert [hit["document"] for hit in first["hits"]] == kept[:2]
    assert [hit["document"] for hit in rest["hits"]] == sorted(each for each in kept[2:] if each > kept[1])
    assert (first["total"], rest["total"], rest["next"]) == (4, 5, None)


def test_a_list_stays_without_near_misses_although_the_best_hit_is_gone(tmp_path):
    """Else the second page would be one of another list."""
    with service(tmp_path / "home") as own:
        same = sorted(keep(own.archive, KeptDocument("刘德华", f"PZAT2019000{place}0417")) for place in range(3))
        keep(own.archive, KeptDocument("刘振华", "PZAT20190001417"))
        first = ask(own, name="刘德华", limit=1)
        for each in same:
            own.archive.index.remove(each)
        rest = ask(own, name="刘德华", after=first["next"])
        anew = ask(own, name="刘德华")
    assert (first["total"], rest["total"], rest["hits"]) == (3, 0, [])
    assert anew["hits"][0]["matches"][0]["reason"] == "name_differs"


@pytest.mark.parametrize(
    "change", [{"name": "欧阳若兰"}, {"wide": True}, {"number": "PZAT20190000417"}, {"role": "compliance"}, {"cursor": "A"}]
)
def test_a_cursor_is_worth_nothing_for_another_question_or_another_person(running, document, other, change):
    asked = {"from": "2019", "to": "2020", "limit": 1}
    cursor = ask(running, **asked)["next"]
    role = change.pop("role", "handler")
    question = {**asked, "after": change.pop("cursor", "") + cursor, **change}
    reply = running.ask(role, "POST", "/api/search", json=question)
    assert (reply.status_code, reply.json()["reason"]) == (422, "bad_cursor")


@pytest.mark.parametrize("cursor", ["", "x", "=", "骨", "AAAA" * 20])
def test_what_is_no_cursor_is_refused(running, cursor):
    reply = running.ask("handler", "POST", "/api/search", json={"name": "欧阳若澜", "after": cursor})
    assert (reply.status_code, reply.json()["reason"]) == (422, "bad_cursor")


def test_an_answer_does_not_begin_in_two_places(running, document, other):
    cursor = ask(running, **{"from": "2019", "to": "2020"}, limit=1)["next"]
    question = {"from": "2019", "to": "2020", "offset": 1, "after": cursor}
    assert running.ask("handler", "POST", "/api/search", json=question).status_code == 422


def test_a_hit_tells_the_documents_of_its_claim_and_policy_with_the_reason(running, document, other):
    second = keep(running.archive, KeptDocument("司马青衫", words="复印件"))
    (hit,) = ask(running, name="欧阳若澜", claims=True)["hits"]
    (shared,) = hit["claim"]
    assert (shared["reason"], shared["words"], shared["value"]) == (
        "policy_number_shared",
        "same policy number",
        "PZAT20190000417",
    )
    assert shared["total"] == 1
    (related,) = shared["documents"]
    assert (related["document"], related["document_class"], related["page_number"]) == (second, "claim_application", 1)
    assert len(related["box"]) == 4
    told = running.ask("handler", "GET", f"/api/documents/{document}/claim", headers={"Accept-Language": "zh"}).json()
    assert told["claim"][0]["words"] == "保单号相同"
    assert told["claim"][0]["documents"] == shared["documents"]
    assert ask(running, name="司徒望舒", claims=True)["hits"][0]["claim"] == []
    assert ask(running, name="欧阳若澜")["hits"][0]["claim"] is None
    assert running.events("claim.viewed")[-1] == {"document": document, "user": "handler", "documents": 1}
    running.archive.index.remove(second)


def test_all_that_is_found_is_counted_by_class_where_that_is_asked(running, document, other):
    question = {"from": "2019", "to": "2020", "limit": 1}
    assert ask(running, **question)["by_class"] == []
    counted = ask(running, **question, count_by_class=True)
    assert counted["by_class"] == [{"document_class": "claim_application", "documents": 2}]
    assert counted["hits"] == ask(running, **question)["hits"]


def test_reasons_are_given_in_the_language_of_the_asker(running, document):
    assert ask(running, language="zh-CN", name="欧阳若澜")["hits"][0]["reason"] == "姓名相同"
    assert ask(running, language="en", name="欧阳若澜")["hits"][0]["reason"] == "same name"


def test_the_ledger_has_the_names_of_the_keys_and_nothing_that_was_typed(running, document):
    before = running.events("search.asked")
    ask(running, name="欧阳若澜", date="2019-03-05")
    (entry,) = running.events("search.asked")[len(before) :]
    asked = entry.pop("asked")
    assert entry == {"document": None, "user": "handler", "keys": ["name", "date"], "hits": 1}
    assert [each.partition(":")[0] for each in asked] == ["name", "date"]
    assert all(len(each.partition(":")[2]) == 32 for each in asked)


@pytest.mark.parametrize(
    ("question", "reason"),
    [({}, "empty_query"), ({"name": "  "}, "empty_query"), ({"date": "the day it rained"}, "unreadable_date")],
)
def test_a_question_that_asks_nothing_is_refused_with_its_reason(running, question, reason):
    reply = running.ask("handler", "POST", "/api/search", json=question)
    assert (reply.status_code, reply.json()["reason"]) == (422, reason)
    assert "rained" not in reply.text


def test_a_document_that_only_the_index_knows_is_shown_without_fields(running):
    token = tokens_of_number(running.archive.search_key, "NOBODYS0042")[0]
    running.archive.index.put(IndexRecord("D-0000000042", "other", (), (PlacedToken(token, 1, None),)))
    (hit,) = ask(running, number="NOBODYS0042")["hits"]
    assert (hit["document"], hit["box"], hit["fields"]) == ("D-0000000042", None, {})


def run(running, *arguments: str):
    return CliRunner().invoke(search, [*arguments, "--home", str(running.archive.home)])


def test_the_command_prints_hits_with_tier_fields_place_and_reason(running, document, other):
    result = run(running, "--name", "欧阳若澜")
    lines = result.output.splitlines()
    assert result.exit_code == 0
    assert lines[0] == "1 document"
    assert lines[2] == f"exact     {document}  claim_application"
    assert lines[3] == "  insured 欧阳若澜   policy_number PZAT20190000417   loss_date 2019-03-05"
    assert lines[4] == "  page 1, box 120,200 to 260,240"
    assert lines[5] == "  same name"
    assert lines[-1].startswith("The query took ")
    assert lines[-1].endswith(" ms.")


def test_the_command_says_the_same_in_json(running, document):
    shown = json.loads(run(running, "--number", "PZAT20190000417", "--json").output)
    assert shown == ask(running, role="compliance", number="PZAT20190000417")


def test_the_command_takes_text_as_its_argument_and_says_how_much_is_shown(running, document, other):
    result = run(running, "--from", "2019", "--to", "2020", "--limit", "1", "--offset", "1")
    assert result.output.startswith("2 documents, 2 to 2 shown\n")
    assert json.loads(run(running, "出院小结", "--json").output)["hits"][0]["document"] == other


def test_the_command_goes_on_where_its_answer_ended(running, document, other):
    question = ("--from", "2019", "--to", "2020", "--limit", "1")
    first = json.loads(run(running, *question, "--json").output)
    second = json.loads(run(running, *question, "--json", "--after", first["next"]).output)
    assert ([hit["document"] for hit in first["hits"] + second["hits"]], second["next"]) == (sorted([document, other]), None)
    printed = run(running, *question).output.splitlines()
    assert printed[-3] == f"More: the same command with --after {first['next']}"
    assert run(running, *question, "--after", first["next"]).output.startswith("2 documents, 1 more shown\n")
    assert run(running, *question, "--after", first["next"], "--offset", "1").exit_code == 2
    assert run(running, "--name", "欧阳若澜", "--after", first["next"]).stderr.startswith("bad_cursor")


def test_the_command_tells_the_documents_of_a_claim(running, document):
    second = keep(running.archive, KeptDocument("司马青衫", words="复印件 二"))
    lines = run(running, "--name", "欧阳若澜", "--claims").output.splitlines()
    assert f"  same policy number PZAT20190000417: {second} page 1" in lines
    running.archive.index.remove(second)


def test_the_command_counts_by_class(running, document, other):
    lines = run(running, "--from", "2019", "--to", "2020", "--limit", "1", "--count-by-class").output.splitlines()
    assert lines[0] == "2 documents, 1 to 1 shown"
    assert lines[1] == "       2  claim_application"


def test_the_command_suggests_what_to_try_where_nothing_is_found(running, document):
    result = run(running, "--name", "端木无此人")
    assert result.exit_code == 0
    assert "Try" in result.output


def test_the_command_leaves_its_entry_in_the_ledger(running, document):
    run(running, "--number", "PZAT20190000417")
    entry = running.events("search.asked")[-1]
    assert (entry["user"], entry["keys"], entry["hits"]) == (None, ["number"], 1)


@pytest.mark.parametrize(("arguments", "reason"), [([], "empty_query"), (["--date", "someday"], "unreadable_date")])
def test_the_command_ends_with_the_reason_where_it_cannot_search(running, arguments, reason):
    result = run(running, *arguments)
    assert result.exit_code == 3
    assert result.stderr.startswith(reason)
    assert "someday" not in result.stderr


def test_the_command_loads_no_server_and_no_dictionary_that_it_does_not_need(running):
    program = (
        "import sys; from claimkeep.cli import main; main(standalone_mode=False);"
        "sys.exit(' '.join(sys.modules.keys() & {'fastapi', 'uvicorn', 'alembic', 'pypinyin', 'jinja2', 'workers'}))"
    )
    command = [sys.executable, "-c", program, "search", "--number", "PZAT20190000417", "--home", str(running.archive.home)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr.strip()) == (1, "")
