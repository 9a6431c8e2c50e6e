"""Reading labelled sets, and reporting an invalid line."""

from __future__ import annotations

from pathlib import Path

import pytest
from cinedex_client.evaluation.labelled_set import InvalidSet, read_set

REPOSITORY = Path(__file__).parents[3]
SHIPPED = REPOSITORY / "samples" / "search" / "media.jsonl"


def test_the_set_that_ships_has_queries_of_every_kind_and_many_without_an_answer() -> None:
    labelled = read_set(SHIPPED)
    kinds = {query.kind for query in labelled.queries}
    assert kinds == {"words", "paraphrase", "noun", "screen", "object", "about", "quoted", "time", "negation", "none"}
    assert len(labelled.queries) >= 120
    assert sum(query.none for query in labelled.queries) >= 40
    assert len({query.query for query in labelled.queries}) == len(labelled.queries)


def test_videos_without_a_query_belong_to_the_library(tmp_path: Path) -> None:
    file = tmp_path / "set.jsonl"
    file.write_text('# mine\n{"video": "other.mp4"}\n\n{"query": "cat", "relevant": [{"video": "cat.mp4"}]}\n')
    assert {video.video for video in read_set(file).videos} == {"other.mp4", "cat.mp4"}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('{"query": "cat"}', "none"),
        ('{"query": "cat", "none": true, "relevant": [{"video": "a"}]}', "none"),
        ('{"query": "cat", "relevant": [{"video": "a", "start": 9, "end": 3}]}', "ends at 3 s"),
        ('{"query": "cat", "relevant": [{"video": "a", "grade": 3}]}', "grade"),
        ('{"query": "cat", "relevent": []}', "relevent"),
        ('{"query": "cat"', "JSON"),
        ('{"video": 3}', "video"),
    ],
)
def test_an_invalid_line_is_reported_with_its_number_and_the_reason(tmp_path: Path, line: str, expected: str) -> None:
    file = tmp_path / "set.jsonl"
    file.write_text('{"query": "dog", "none": true}\n' + line)
    with pytest.raises(InvalidSet) as error:
        read_set(file)
    assert "set.jsonl:2" in error.value.message
    assert expected in error.value.message
    assert error.value.hint == (
        "The file docs/06-search-and-answers.md in the repository of Cinedex describes the format."
    )


def test_a_byte_order_mark_is_ignored(tmp_path: Path) -> None:
    file = tmp_path / "set.jsonl"
    file.write_text('# mine\n{"query": "dog", "none": true}', encoding="utf-8-sig")
    assert [query.query for query in read_set(file).queries] == ["dog"]


def test_a_set_without_a_query_is_rejected(tmp_path: Path) -> None:
    file = tmp_path / "set.jsonl"
    file.write_text("")
    with pytest.raises(InvalidSet, match="no query"):
        read_set(file)


def test_the_example_of_the_documentation_is_a_set(tmp_path: Path) -> None:
    chapter = (REPOSITORY / "docs" / "06-search-and-answers.md").read_text(encoding="utf-8")
    file = tmp_path / "set.jsonl"
    file.write_text("\n".join(line for line in chapter.splitlines() if line.startswith('{"')))
    assert [query.query for query in read_set(file).queries] == ["a red car", "pedestrians", "a pizza recipe"]
