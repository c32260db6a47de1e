"""Reading a dataset: one sentence for each way in which a folder is not what it says."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from convergence.analysis.dataset import DatasetError, read, write
from tests.analysis.made import ABOUT, small_world

Content = dict[str, Any]


@pytest.fixture
def made(tmp_path: Path) -> Path:
    write(tmp_path / "made", [small_world()], ABOUT)
    return tmp_path / "made"


def retold(folder: Path, change: Callable[[Content], object]) -> None:
    """Change the manifest."""
    manifest = folder / "manifest.json"
    content = json.loads(manifest.read_text())
    change(content)
    manifest.write_text(json.dumps(content))


def resealed(folder: Path, file: str) -> None:
    """Have the manifest describe a file as it now is."""
    data = (folder / file).read_bytes()

    def change(content: Content) -> None:
        told = content["tables"][file.partition("/")[0]]["files"][0]
        told |= {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}

    retold(folder, change)


def rewritten(folder: Path, table: str, change: Callable[[pl.DataFrame], pl.DataFrame]) -> None:
    """Another table in the place of one, as somebody who keeps the manifest in order would put it."""
    file = f"{table}/0000.parquet"
    frame = change(pl.read_parquet(folder / file))
    frame.write_parquet(folder / file)

    def count(content: Content) -> None:
        content["tables"][table]["rows"] = content["tables"][table]["files"][0]["rows"] = frame.height

    retold(folder, count)
    resealed(folder, file)


def refused(folder: Path) -> str:
    with pytest.raises(DatasetError) as error:
        read(folder)
    said = str(error.value)
    assert len(said.splitlines()) == 1
    assert said.endswith(".")
    return said.replace("\u00a0", " ").replace(f"{folder}/", "")


def test_a_folder_without_manifest_is_no_dataset(tmp_path: Path) -> None:
    assert "manifest.json ne s’y trouve pas" in refused(tmp_path)
    assert "manifest.json ne s’y trouve pas" in refused(tmp_path / "absent")


@pytest.mark.parametrize(
    "text", ["", "{", "des mots", '{"format": ', "[" * 100_000], ids=["empty", "begun", "words", "cut", "deep"]
)
def test_a_manifest_that_is_no_json(made: Path, text: str) -> None:
    (made / "manifest.json").write_text(text)
    assert refused(made) == "manifest.json n’est pas du JSON."


@pytest.mark.parametrize("text", ["[]", "{}", '{"format": "autre"}', "3"])
def test_the_json_of_something_else(made: Path, text: str) -> None:
    (made / "manifest.json").write_text(text)
    assert refused(made) == "manifest.json n’est pas le manifeste d’un jeu de données de Convergence."


def test_a_manifest_that_is_no_text(made: Path) -> None:
    (made / "manifest.json").write_bytes(b"\xff\xfe\x00")
    assert refused(made) == "manifest.json ne peut pas être lu."


def test_another_version(made: Path) -> None:
    retold(made, lambda content: content.update(version=2))
    assert refused(made) == "Ce jeu de données est de la version 2 ; ce logiciel lit la version 1."


@pytest.mark.parametrize(
    "change",
    [
        lambda content: content.pop("as_of"),
        lambda content: content.update(as_of="hier"),
        lambda content: content.update(kind="imagined"),
        lambda content: content.update(tables=[]),
        lambda content: content["tables"]["people"].pop("files"),
        lambda content: content["tables"]["people"].pop("rows"),
        lambda content: content["tables"]["people"].update(rows="trois"),
        lambda content: content["tables"]["people"].update(rows=float("inf")),
        lambda content: content["tables"]["people"]["files"][0].pop("sha256"),
        lambda content: content["tables"]["people"]["files"][0].update(file="../../elsewhere.parquet"),
        lambda content: content["tables"]["people"]["files"][0].update(file="/etc/hostname"),
    ],
)
def test_an_incomplete_manifest(made: Path, change: Callable[[Content], object]) -> None:
    retold(made, change)
    assert refused(made) == "manifest.json est incomplet ou mal formé."


def test_data_that_go_beyond_the_day_on_which_they_were_made(made: Path) -> None:
    retold(made, lambda content: content.update(made_on="2026-01-31", as_of="2026-02-01"))
    assert refused(made) == (
        "manifest.json : les données vont jusqu’au 01/02/2026, après le jour où le jeu aurait été fait (31/01/2026). "
        "Demandez-le de nouveau à qui l’a fait."
    )


def test_a_table_too_many_or_too_few(made: Path) -> None:
    retold(made, lambda content: content["tables"].update(visits={"rows": 0, "files": []}))
    assert refused(made) == "manifest.json nomme une table inconnue : « visits »."
    retold(made, lambda content: (content["tables"].pop("visits"), content["tables"].pop("goals")))
    assert refused(made) == "manifest.json ne nomme pas la table « goals »."


def test_counts_that_do_not_add_up(made: Path) -> None:
    retold(made, lambda content: content["tables"]["people"].update(rows=4))
    assert refused(made) == "manifest.json, table « people » : 4 lignes annoncées, 3 dans ses fichiers."
    retold(made, lambda content: content["tables"]["people"]["files"][0].update(rows=4))
    assert refused(made) == "people/0000.parquet a 3 lignes au lieu de 4."


def test_tables_of_different_numbers_of_parts(made: Path) -> None:
    retold(made, lambda content: content["tables"]["goals"].update(rows=0, files=[]))
    (made / "goals" / "0000.parquet").unlink()
    assert refused(made) == "manifest.json : les tables n’ont pas toutes le même nombre de parties."


def test_a_file_that_is_not_there_or_that_nobody_named(made: Path) -> None:
    (made / "goals" / "0000.parquet").rename(made / "goals" / "0001.parquet")
    assert refused(made) == "goals/0001.parquet n’est pas nommé dans manifest.json."
    (made / "goals" / "0001.parquet").unlink()
    assert refused(made) == "goals/0000.parquet est nommé dans manifest.json mais ne s’y trouve pas."


def test_notes_beside_the_tables_harm_nobody(made: Path) -> None:
    (made / "LISEZ-MOI.txt").write_text("Jeu de données fictif.")
    assert read(made).manifest.rows("people") == 3


def test_a_truncated_file(made: Path) -> None:
    file = made / "people" / "0000.parquet"
    whole = file.read_bytes()
    file.write_bytes(whole[:-100])
    said = f"people/0000.parquet a {len(whole) - 100} octets au lieu de {len(whole)} : il est tronqué ou modifié."
    assert refused(made) == said
    resealed(made, "people/0000.parquet")
    assert refused(made) == "people/0000.parquet n’est pas un fichier Parquet lisible."


def test_a_byte_that_was_changed(made: Path) -> None:
    file = made / "people" / "0000.parquet"
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    assert refused(made) == "people/0000.parquet n’est plus celui qui a été écrit : son empreinte est différente."


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_byte_of_any_file_can_change_unnoticed(made: Path, data: st.DataObject) -> None:
    file = data.draw(st.sampled_from(sorted(made.rglob("*.parquet"))))
    whole = file.read_bytes()
    changed = bytearray(whole)
    changed[data.draw(st.integers(0, len(whole) - 1))] ^= data.draw(st.integers(1, 255))
    file.write_bytes(changed)
    assert "empreinte" in refused(made)
    file.write_bytes(whole)
    assert read(made).manifest.rows("people") == 3


def test_a_column_too_few_or_too_many(made: Path) -> None:
    rewritten(made, "goals", lambda frame: frame.drop("result"))
    assert refused(made) == "goals/0000.parquet : il manque la colonne « result »."
    rewritten(made, "goals", lambda frame: frame.with_columns(result=None, name=pl.lit("Modèle")))
    assert refused(made) == "goals/0000.parquet : la colonne « name » est inconnue."


def test_a_code_of_no_list(made: Path) -> None:
    rewritten(made, "goals", lambda frame: frame.with_columns(domain=pl.lit("astrology")))
    said = "goals/0000.parquet, colonne « domain » : code inconnu « astrology » (2 lignes)."
    assert refused(made) == said


def test_a_type_that_means_something_else(made: Path) -> None:
    rewritten(made, "goals", lambda frame: frame.with_columns(pl.col("agreed_on").cast(pl.Datetime)))
    assert refused(made).startswith("goals/0000.parquet, colonne « agreed_on » : type Datetime")
    assert refused(made).endswith("au lieu de Date.")


def test_a_number_that_does_not_fit(made: Path) -> None:
    rewritten(made, "exits", lambda frame: frame.with_columns(motive=pl.lit(99_999)))
    said = "exits/0000.parquet, colonne « motive » : nombre hors des bornes permises (1 ligne)."
    assert refused(made) == said


def test_codes_as_plain_text_and_wider_numbers_are_read_all_the_same(made: Path) -> None:
    rewritten(made, "goals", lambda frame: frame.with_columns(pl.col("domain", "result").cast(pl.String)))
    rewritten(made, "exits", lambda frame: frame.with_columns(pl.col("motive").cast(pl.Int64)))
    tables = read(made).tables
    assert tables.goals.collect().equals(small_world()["goals"])
    assert tables.exits.collect().equals(small_world()["exits"])


def test_a_row_that_breaks_a_rule_is_told_by_its_file_and_key(made: Path) -> None:
    rewritten(made, "goals", lambda frame: pl.concat([frame, frame.head(1)]))
    said = "goals/0000.parquet : clé présente plus d’une fois (2 lignes, la première à goal 1)."
    assert refused(made) == said


def test_several_flaws_are_counted(made: Path) -> None:
    rewritten(made, "goals", lambda frame: frame.with_columns(person=pl.lit(77), agreed_on=pl.lit(None, pl.Date)))
    assert refused(made).startswith("goals/0000.parquet, colonne « agreed_on » : valeur absente")
    rewritten(made, "goals", lambda frame: frame.with_columns(agreed_on=pl.date(2015, 1, 1)))
    rewritten(made, "exits", lambda frame: frame.with_columns(person=pl.lit(78)))
    assert refused(made).endswith("Un autre défaut a été trouvé.") or refused(made).endswith("autres défauts trouvés.")
