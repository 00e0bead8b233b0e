"""A list of questions over HTTP and by command: each row is answered as a single search would be, with the same traces."""

import io
import json
import threading
from dataclasses import replace

import httpx
import openpyxl
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.commands import audit
from archive.errors import Unavailable
from archive.index.labelled import LabelledIndex
from archive.metrics import ArchiveCollector
from schemas.reasons import remedy
from schemas.tables import XLSX
from search_api import list_command
from search_api.list_command import search_list
from search_api.lists import answering
from tests.builders.api import request_logs, service
from tests.builders.kept_documents import KeptDocument, keep
from tests.builders.lists import delimited, lines, lines_of_workbook
from tests.builders.table_files import workbook

KEPT = (
    KeptDocument(),
    KeptDocument("司徒望舒", "PZAT20200009988", "440305198001018888", "2020-11-20", "出院小结 复查"),
    KeptDocument("端木晴川", "QBDA20180000001", "350102199003074518", "2018-07-01", "处方"),
    KeptDocument("端木晴川", "QBDA20180000002", "350102199003074518", "2018-08-01", "发票"),
)
HEADINGS = ("序号", "姓名", "保单号", "出险日期", "备注")
LIST = (
    ("1", "欧阳若澜", "", "", "左臂"),
    ("2", "", "PZAT2O2OOOO9988", "", ""),
    ("3", "端木晴川", "", "2018-07-01", "=1+1"),
    ("4", "无此人氏", "", "", ""),
    ("5", "", "", "someday", ""),
    ("6", "", "", "", "空"),
    ("7", "端木晴川", "", "", ""),
    ("8", "x" * 201, "", "", ""),
)
UNLIMITED = "[access]\nsearches_a_minute = 0\nlist_rows_a_day = 0\n"


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with service(tmp_path_factory.mktemp("home"), UNLIMITED) as ours:
        yield ours


@pytest.fixture(scope="module")
def kept(running):
    return [keep(running.archive, each) for each in KEPT]


def send(running, data=None, role="handler", language="en", accept="*/*", **params: object):
    data = delimited([HEADINGS, *LIST]) if data is None else data
    headers = {"Accept-Language": language, "Accept": accept}
    return running.ask(role, "POST", "/api/search/list", content=data, params=params, headers=headers)


def told(reply):
    return [(line["row"], line["tier"], line["reason"], line["document"], line["candidates"]) for line in lines(reply.content)]


def test_every_row_has_its_line_or_lines(running, kept):
    reply = send(running)
    assert (reply.status_code, reply.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    assert reply.headers["content-disposition"] == 'attachment; filename="result.csv"'
    third, fourth = sorted(kept[2:])
    assert told(reply) == [
        ("2", "exact", "name_same", kept[0], "1"),
        ("3", "likely", "number_lookalike", kept[1], "1"),
        ("4", "exact", "name_same; date_day_loss", kept[2], "1"),
        ("5", "", "nothing_found", "", "0"),
        ("6", "", "unreadable_date", "", ""),
        ("7", "", "row_empty", "", ""),
        ("8", "exact", "name_same", third, "2"),
        ("8", "exact", "name_same", fourth, "2"),
        ("9", "", "value_too_long", "", ""),
    ]


def test_a_line_has_the_lists_own_columns_the_place_and_a_link_that_shows_it(running, kept):
    first, *_, third = [line for line in lines(send(running).content) if line["row"] in {"2", "4"}]
    assert [*first] == ["row", *HEADINGS, "tier", "reason", "why", "document", "class", "page", "link", "candidates"]
    assert [first[heading] for heading in HEADINGS] == list(LIST[0])
    assert (first["why"], first["class"], first["page"]) == ("same name", "claim_application", "1")
    assert third["备注"] == "'=1+1"
    assert running.ask("handler", "GET", first["link"]).status_code == 200
    assert running.ask("archivist", "GET", first["link"]).status_code == 403


def test_reasons_and_headings_are_in_the_language_of_the_asker(running, kept):
    reply = send(running, language="zh")
    found = lines(reply.content)
    assert reply.headers["content-language"] == "zh-CN"
    assert (found[0]["行号"], found[0]["匹配程度"], found[0]["原因"]) == ("2", "exact", "姓名相同")
    assert found[3]["原因"] == remedy("nothing_found").zh
    assert found[4]["原因"] == remedy("unreadable_date").zh


@pytest.mark.parametrize("how", [{"format": "xlsx"}, {"accept": f"text/html, {XLSX}"}])
def test_the_result_may_be_a_workbook_of_the_same_lines(running, kept, how):
    reply = send(running, **how)
    assert reply.headers["content-type"] == XLSX
    sheet = openpyxl.load_workbook(io.BytesIO(reply.content)).active
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None} == {"s", "n"}
    found = lines_of_workbook(reply.content)
    assert found[2]["备注"] == "=1+1"
    plain = [{name: cell.removeprefix("'") for name, cell in line.items()} for line in lines(send(running).content)]
    assert found == plain
    assert send(running, **how).content == reply.content


def test_a_workbook_is_answered_as_a_text_is(running, kept):
    plain = [HEADINGS, *LIST[:2], *LIST[3:]]
    assert send(running, workbook(plain)).content == send(running, delimited(plain)).content


def test_how_many_are_told_how_wide_and_by_which_column_can_be_said(running, kept):
    data = delimited([("甲", "乙"), ("端木晴川", "QBDA2018000000?")])
    assert send(running, data).json()["reason"] == "no_known_columns"
    by_name = told(send(running, data, column="name=甲", most=1))
    assert [(each[2], each[4]) for each in by_name] == [("name_same", "2")]
    both = told(send(running, data, column=["name=A", "number=乙"]))
    assert [each[2] for each in both] == ["name_same; number_unknown"] * 2
    one_wrong = delimited([("保单号",), ("QBDA20180000001",)])
    assert [len(told(send(running, one_wrong, wide=wide))) for wide in (False, True)] == [1, 2]
    bare = delimited([("欧阳若澜", "x")])
    assert [each[0] for each in told(send(running, bare, column="name=A", headings=False))] == ["1"]


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        ({"most": 0}, "invalid_request"),
        ({"most": 21}, "invalid_request"),
        ({"format": "pdf"}, "invalid_request"),
        ({"sheet": 0}, "invalid_request"),
        ({"column": ["name=A"] * 6}, "invalid_request"),
        ({"column": "欧阳=A"}, "no_such_column"),
        ({"sheet": 3}, "no_such_sheet"),
    ],
)
def test_what_cannot_be_done_is_refused_without_being_quoted(running, params, reason):
    reply = send(running, **params)
    assert (reply.status_code, reply.json()["reason"]) == (422, reason)
    assert "欧阳" not in reply.text


def test_a_file_that_is_too_large_or_too_long_is_refused_and_leaves_no_event(tmp_path):
    with service(tmp_path / "home", "[lists]\nmax_bytes = 100000\nmax_rows = 3\n") as own:
        for data, reason in ((b"name\n" + b"x" * 100_000, "too_large"), (b"name\na\nb\nc\nd\n", "list_too_long")):
            reply = send(own, data)
            assert (reply.status_code, reply.json()["reason"]) == (422, reason)
        assert send(own, b"name\na\nb\nc\n").status_code == 200
        assert [each["of"] for each in own.events("search.list_asked")] == [3]


def test_a_list_of_headings_alone_has_a_result_of_headings_alone(running):
    assert (send(running, b"name,number\n").status_code, lines(send(running, b"name,number\n").content)) == (200, [])


NAMES = ("欧阳若澜", "歐陽若瀾", "ouyang ruolan", "欧阳?澜", "司徒望书", "端木晴川", "无此人氏", "")
NUMBERS = ("PZAT20190000417", "PZAT2O190000417", "PZAT20200009989", "009988", "31002X", "QBDA20180000001", "")
DATES = ("2019-03-05", "2018", "2020年11月", "1/7/2018", "someday", "")


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    st.sampled_from(NAMES),
    st.sampled_from(NUMBERS),
    st.sampled_from(DATES),
    st.booleans(),
    st.sampled_from(["handler", "compliance"]),
)
def test_a_list_of_one_row_answers_as_the_same_single_search_does(running, kept, name, number, date, wide, role):
    asked = {key: value for key, value in (("name", name), ("number", number), ("date", date)) if value}
    single = running.ask(role, "POST", "/api/search", json={**asked, "wide": wide, "limit": 2})
    found = lines(send(running, delimited([("姓名", "保单号", "日期"), (name, number, date)]), role, wide=wide, most=2).content)
    if not asked:  # a line without anything in it is no row
        assert found == []
        return
    if single.status_code != 200:
        reason = {"empty_query": "row_empty"}.get(single.json()["reason"], single.json()["reason"])
        assert [(line["reason"], line["document"], line["candidates"]) for line in found] == [(reason, "", "")]
        return
    answer = single.json()
    if not answer["hits"]:
        assert [(line["reason"], line["candidates"]) for line in found] == [("nothing_found", "0")]
        return
    assert [
        {
            "tier": hit["tier"],
            "reason": "; ".join(match["reason"] for match in hit["matches"]),
            "why": hit["reason"],
            "document": hit["document"],
            "class": hit["document_class"],
            "page": str(hit["page_number"]),
            "candidates": str(answer["total"]),
        }
        for hit in answer["hits"]
    ] == [{name: line[name] for name in ("tier", "reason", "why", "document", "class", "page", "candidates")} for line in found]


def test_many_rows_are_answered_in_their_order(running, kept):
    rows = [LIST[number % 3] for number in range(3 * answering.AT_ONCE + 1)]
    found = told(send(running, delimited([HEADINGS, *rows])))
    assert [each[0] for each in found] == [str(number) for number in range(2, len(rows) + 2)]
    assert [each[3] for each in found] == [kept[number % 3] for number in range(len(rows))]


def test_the_ledger_has_tokens_of_every_row_and_nothing_that_was_typed(running, kept):
    before = len(running.events("search.list_asked"))
    rows = [HEADINGS, *LIST * 10]
    send(running, delimited(rows))
    events = running.events("search.list_asked")[before:]
    assert [len(each["rows"]) + sum(each["faults"].values()) for each in events] == [40, 40]
    assert {(each["user"], each["of"]) for each in events} == {("handler", 80)}
    assert len({each["list"] for each in events}) == 1
    first = events[0]
    assert (first["rows"][:5], first["hits"][:5]) == ([2, 3, 4, 5, 8], [1, 1, 1, 0, 2])
    assert first["faults"] == {"unreadable_date": 5, "row_empty": 5, "value_too_long": 5}
    assert [each.split(":")[:2] for each in first["asked"][:4]] == [
        ["2", "name"],
        ["3", "number"],
        ["4", "name"],
        ["4", "date"],
    ]
    running.ask("handler", "POST", "/api/search", json={"name": "欧阳若澜"})
    assert running.events("search.asked")[-1]["asked"] == [first["asked"][0].partition(":")[2]]
    assert not any(typed in json.dumps(events, ensure_ascii=False) for row in LIST for typed in row[1:4] if typed)


def test_the_ledger_tells_who_looked_for_a_name_in_a_list(tmp_path):
    with service(tmp_path / "home", UNLIMITED) as own:
        keep(own.archive, KEPT[0])
        send(own)
        own.ask("compliance", "POST", "/api/search", json={"name": "欧阳若澜"})

        def asked(*arguments: str):
            result = CliRunner().invoke(audit, ["searches", *arguments, "--json", "--home", str(own.archive.home)])
            return json.loads(result.output)["searches"]

        of_list, single = asked("--name", "欧阳 若澜", "--user", "handler"), asked("--name", "欧阳若澜")
        assert [(each["keys"], each["hits"], each["rows"]) for each in of_list] == [(["name"], 1, 1)]
        assert [(each["user"], each["list_id"] is None) for each in single] == [("compliance", True), ("handler", False)]
        assert [(each["keys"], each["rows"]) for each in asked("--user", "handler")] == [(["date", "name", "number"], 5)]
        assert asked("--name", "端木晴川", "--number", "PZAT2O2OOOO9988") == []


def test_people_that_a_list_shows_count_for_the_alarm(tmp_path):
    with service(tmp_path / "home", "[access]\npeople_shown_an_hour = 2\n") as own:
        for each in KEPT:
            keep(own.archive, each)
        send(own)
        assert [(each["user"], each["alarm"], each["count"]) for each in own.events("access.alarm")] == [
            ("handler", "people_shown", 3)
        ]
        metric = {each.name: each for each in ArchiveCollector(own.archive).collect()}["claimkeep_access_alarms"]
        assert metric.samples[0].value == 1


def test_a_list_counts_as_one_search_and_its_rows_within_a_day(tmp_path):
    with service(tmp_path / "home", "[access]\nsearches_a_minute = 2\nlist_rows_a_day = 10\n") as own:
        assert send(own).status_code == 200
        reply = send(own, language="zh")
        assert (reply.status_code, reply.json()["reason"]) == (429, "too_many_rows")
        assert 20_000 < int(reply.headers["retry-after"]) <= 6 * 86_400 // 10
        assert reply.json()["detail"] == remedy("too_many_rows").zh
        assert own.ask("handler", "POST", "/api/search", json={"name": "欧阳若澜"}).status_code == 200
        few = send(own, b"name\nliu\n")
        assert (few.status_code, few.json()["reason"]) == (429, "too_many_requests")
        long = send(own, b"name\n" + b"liu\n" * 11, "compliance")
        assert (long.status_code, long.json()["reason"]) == (422, "list_too_long")
        assert [each["of"] for each in own.events("search.list_asked")] == [8]


def test_what_one_may_not_see_changes_nothing_in_the_result(tmp_path):
    """Beside what tests/integration/test_permissions.py asks of every address."""
    with service(tmp_path / "home", UNLIMITED) as own:
        ids = [keep(own.archive, each) for each in KEPT[:2]]
        grant(own)
        before = {chosen: send(own, format=chosen, wide=True).content for chosen in ("csv", "xlsx")}
        keep(own.archive, replace(KEPT[0], identity_number="350102199003074518"))
        keep(own.archive, KEPT[2])
        assert {chosen: send(own, format=chosen, wide=True).content for chosen in before} == before
        assert [line["document"] for line in lines(before["csv"])][:2] == ids
        assert len(told(send(own, role="compliance"))) > len(lines(before["csv"]))


def grant(own):
    """The handler sees what is here by now, and nothing that comes later."""
    from archive.catalog import grants

    with own.archive.catalog.write() as connection:
        batches = connection.exec_driver_sql("SELECT batch_id FROM batches").scalars().all()
        grants.add(connection, "north", "2026-01-01T00:00:00+00:00")
        grants.put_in(connection, "north", batches)
        grants.grant(connection, "handler", "north", "2026-01-01T00:00:00+00:00")


def test_a_reply_that_cannot_go_on_breaks_off_and_does_not_pass_for_a_whole_one(running, kept, monkeypatch):
    asked = []

    def find_each(*arguments: object, **more: object):
        asked.append(arguments)
        if len(asked) > 1:
            raise Unavailable("index_unavailable")
        return found(*arguments, **more)

    found = answering.find_each
    monkeypatch.setattr(answering, "find_each", find_each)
    with request_logs(1) as logs, pytest.raises(httpx.RemoteProtocolError):
        send(running, delimited([HEADINGS, *LIST * 10]))
    assert [each["reason"] for each in logs if each["event"] == "list.broke_off"] == ["index_unavailable"]


def test_an_index_that_is_away_is_said_before_the_reply_begins_and_costs_no_rows(tmp_path, monkeypatch):
    def away(*_: object, **_more: object):
        raise Unavailable("index_unavailable")

    with service(tmp_path / "home", "[access]\nlist_rows_a_day = 16\n") as own:
        for place, name in ((LabelledIndex, "check"), (answering, "find_each")):
            with monkeypatch.context() as patched:
                patched.setattr(place, name, away)
                reply = send(own)
            assert (reply.status_code, reply.json()["reason"]) == (503, "index_unavailable")
        assert send(own).status_code == 200


def test_the_log_has_the_route_and_nothing_of_the_list(running, kept):
    with request_logs(1) as logs:
        send(running, column="number=保单号")
    assert [each["route"] for each in logs if each["event"] == "request"] == ["/api/search/list"]
    assert "欧阳" not in repr(logs)


def test_lists_at_the_same_time_are_all_answered(running, kept):
    replies: list[bytes] = []
    threads = [threading.Thread(target=lambda: replies.append(send(running).content)) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(replies) == 5
    assert len(set(replies)) == 1


def run(running, file, out, *arguments: str):
    return CliRunner().invoke(search_list, [str(file), "--out", str(out), *arguments, "--home", str(running.archive.home)])


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "名单.dat"
    path.write_bytes(delimited([HEADINGS, *LIST], "gb18030", "\t"))
    return path


def test_the_command_writes_the_same_result_and_says_what_became_of_the_rows(running, kept, file, tmp_path):
    result = run(running, file, tmp_path / "out.csv")
    assert result.exit_code == 1
    assert (tmp_path / "out.csv").read_bytes() == send(running, role="compliance").content
    *_, first, second = result.stdout.splitlines()  # a request of a test before may be logged this late
    assert first.startswith(f"{tmp_path / 'out.csv'} written: 8 rows in ")
    assert first.endswith("(name from 姓名; number from 保单号; date from 出险日期).")
    assert second == "4 found (3 exact, 1 likely), 1 not found."
    assert "rows 100% 8/8 4 found" in result.stderr
    assert f"1 not asked, row_empty: {remedy('row_empty').en}" in result.stderr
    assert sorted(each.name for each in tmp_path.iterdir()) == ["out.csv", "名单.dat"]


def test_the_command_says_the_same_in_json_and_writes_workbooks(running, kept, file, tmp_path):
    result = run(running, file, tmp_path / "out.xlsx", "--json", "--language", "zh", "--most", "1")
    assert json.loads(result.stdout) == {
        "rows": 8,
        "found": 4,
        "nothing_found": 1,
        "tiers": {"exact": 3, "likely": 1},
        "faults": {"unreadable_date": 1, "row_empty": 1, "value_too_long": 1},
        "columns": {"name": ["姓名"], "number": ["保单号"], "date": ["出险日期"]},
        "out": str(tmp_path / "out.xlsx"),
    }
    assert len(lines_of_workbook((tmp_path / "out.xlsx").read_bytes())) == 8
    run(running, file, tmp_path / "named.xlsx", "--format", "csv", "--column", "name=B")
    assert lines((tmp_path / "named.xlsx").read_bytes())[0]["why"] == "same name"


def test_the_command_ends_with_0_where_every_row_was_asked(running, kept, tmp_path):
    (tmp_path / "a.csv").write_bytes(delimited([HEADINGS, *LIST[:4]]))
    assert run(running, tmp_path / "a.csv", tmp_path / "out.csv").exit_code == 0


@pytest.mark.parametrize(
    ("data", "arguments", "code", "reason"),
    [
        (b"a,b\n1,2\n", (), 3, "no_known_columns"),
        (b"%PDF-1.7", (), 3, "not_a_list"),
        (b"name\nliu\n", ("--column", "name=D"), 3, "no_such_column"),
        (b"name\nliu\n", ("--most", "21"), 2, "Usage"),
    ],
)
def test_the_command_ends_with_the_reason_and_leaves_no_file(running, tmp_path, data, arguments, code, reason):
    (tmp_path / "a.csv").write_bytes(data)
    result = run(running, tmp_path / "a.csv", tmp_path / "out.csv", *arguments)
    assert (result.exit_code, result.stderr.startswith(reason)) == (code, True)
    assert [each.name for each in tmp_path.iterdir()] == ["a.csv"]


def test_the_command_writes_neither_over_the_list_nor_where_there_is_no_folder(running, file, tmp_path):
    assert run(running, file, file).exit_code == 2
    assert run(running, file, tmp_path / "none" / "out.csv").exit_code == 2


@pytest.mark.parametrize("error", [Unavailable("index_unavailable"), KeyboardInterrupt(), OSError(28, "no space")])
def test_a_command_that_is_cut_short_leaves_what_was_there(running, kept, file, tmp_path, monkeypatch, error):
    def broken(*_: object):
        yield b"half"
        raise error

    (tmp_path / "out.csv").write_bytes(b"the former result")
    monkeypatch.setattr(list_command, "result", broken)
    assert run(running, file, tmp_path / "out.csv").exit_code == (1 if isinstance(error, KeyboardInterrupt) else 3)
    assert (tmp_path / "out.csv").read_bytes() == b"the former result"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["out.csv", "名单.dat"]
