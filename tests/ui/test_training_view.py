"""The training page by Streamlit's own driver, and its parts: a watched training and its networks.

The driver has no clock of a browser: each run of the page trains one slice.
"""

import threading

import numpy as np
import pytest

import explorer
from explorer.engine.experiment import Experiment
from explorer.questions import threshold_twin
from explorer.questions.training import Recorder, TrainingPlan, train, twins
from explorer.ui.link.training import READERS, Trained, parse, spelled
from explorer.ui.trainings import watched as watched_module
from explorer.ui.trainings.networks import trained_trace
from explorer.ui.trainings.session import WATCHED
from explorer.ui.trainings.watched import Watched
from explorer.ui.views.training.board import board, duration, trial_of
from explorer.ui.work.runs import key_of
from tests.ui.test_app import opened, verdict

SMALL = Experiment(task="adding", seq_len=12, hidden_size=4, batch_size=2, clip="norm")
LINK = {"view": "training", "task": "adding", "seq_len": "12", "hidden_size": "4", "batch_size": "2", "clip": "norm"}
PLAN = TrainingPlan(steps=40, evaluate_every=10)


def finished(experiment=SMALL, plan=PLAN, compared=True):
    watched = Watched(experiment, plan, compared)
    while watched.running:
        watched.advance()
    return watched


def press(app, key):
    next(button for button in app.button if button.key == key).click().run()
    return app.session_state[WATCHED]


def keys(app):
    return {button.key for button in app.button if not button.disabled}


def test_a_watched_training_is_the_training_itself():
    watched, recorder = finished(), Recorder(train(twins(SMALL), PLAN))
    for _ in recorder:
        pass
    assert watched.state == "done"
    np.testing.assert_array_equal(watched.history().loss, recorder.history().loss)
    np.testing.assert_array_equal(watched.history().eval_loss, recorder.history().eval_loss)


def test_pause_step_and_continue_change_no_number(monkeypatch):
    monkeypatch.setattr(watched_module, "SLICE", 0.0)  # one iteration per slice
    watched = Watched(SMALL, PLAN, True)
    for _ in range(5):
        watched.advance()
    watched.pause()
    watched.advance()
    paused_at = watched.iteration
    watched.step()
    watched.step()
    assert (watched.iteration, watched.state) == (paused_at + 2, "paused")
    watched.stop()
    assert watched.state == "stopped"
    watched.go_on()
    while watched.running:
        watched.advance()
    np.testing.assert_array_equal(watched.history().loss, finished().history().loss)


def test_from_its_end_a_training_goes_on_to_the_numbers_of_a_longer_one():
    watched = finished()
    watched.step()
    assert (watched.iteration, watched.state) == (41, "done")
    watched.go_on()
    while watched.running:
        watched.advance()
    longer = finished(plan=PLAN.replace(steps=watched.iteration))
    assert watched.iteration == 82
    np.testing.assert_array_equal(watched.history().loss, longer.history().loss)


def test_two_runs_never_advance_it_at_once():
    watched = Watched(SMALL, PLAN.replace(steps=100_000), False)
    workers = [threading.Thread(target=watched.advance) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    history = watched.history()
    assert history.iterations == watched.iteration > 0
    np.testing.assert_array_equal(
        history.loss[:20], finished(compared=False, plan=PLAN.replace(steps=20)).history().loss[: history.iterations]
    )


def test_a_training_whose_lanes_have_all_ended_says_so():
    e = SMALL.replace(activation="identity", init="orthogonal", gain=3.0, seq_len=400, clip="none")
    watched = finished(e, PLAN.replace(optimiser="sgd", learning_rate=1.0), compared=False)
    assert watched.state == "ended"
    iteration = watched.iteration
    watched.go_on()
    watched.step()
    assert (watched.state, watched.iteration) == ("ended", iteration)


def test_the_trial_leaves_out_what_came_after_a_lane_had_ended():
    e = SMALL.replace(activation="identity", init="orthogonal", gain=1.5, seq_len=30)
    watched = finished(e, PLAN.replace(optimiser="sgd", learning_rate=0.1))
    history = watched.history()
    ending = history.endings[1]
    assert ending is not None
    assert trial_of(history, 1).steps == ending.iteration
    assert trial_of(history, 0).steps == 40


def test_the_board_is_one_block_with_all_figures():
    watched = finished()
    block = board(watched, watched.history(), None)
    text = block[8 : 8 + int.from_bytes(block[:8], "little")].decode()
    for name in ("training_loss", "training_norms", "waterfall", "waterfall_2", "training_dynamics"):
        assert f'"name":"{name}"' in text
    assert "Trained for 40 iterations" in text


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.2, "1 s"), (59.4, "59 s"), (61, "1 min 01 s"), (3599, "59 min 59 s"), (7300, "2 h 01 min")]
)
def test_durations_are_said_in_words(seconds, said):
    assert duration(seconds).replace("\u00a0", " ") == said


@pytest.mark.parametrize("lane", [0, 1])
@pytest.mark.parametrize("iteration", [1, 2, 27, 40])
def test_a_network_from_the_link_alone_is_the_recorded_one(iteration, lane):
    """Bit for bit, with and without the session's record; its gradient is the one that the iteration took."""
    watched, trained = finished(), Trained(PLAN, True, iteration, lane)
    alone = trained_trace(SMALL, trained, None)
    known = trained_trace(SMALL, trained, watched.history())
    assert key_of(alone) == key_of(known)
    assert alone.loss == known.loss
    recorded = watched.history().log10_state_grad_norm[iteration - 1, lane]
    np.testing.assert_allclose(alone.log10_state_grad_norm["h"][-1], recorded, rtol=1e-6)
    np.testing.assert_allclose(alone.clip.norm_before, watched.history().norm_before[iteration - 1, lane], rtol=1e-9)


def test_of_a_lane_that_has_ended_the_last_network_is_shown():
    e = SMALL.replace(activation="identity", init="orthogonal", gain=1.5, seq_len=30)
    plan = PLAN.replace(optimiser="sgd", learning_rate=0.1)
    watched = finished(e, plan)
    ending = watched.history().endings[1]
    alone = trained_trace(e, Trained(plan, True, 35, 1), None)
    known = trained_trace(e, Trained(plan, True, 35, 1), watched.history())
    assert key_of(alone) == key_of(known)
    assert ending.iteration < 35
    last = trained_trace(e, Trained(plan, True, ending.iteration, 1), None)
    assert key_of(last) == key_of(alone)


def test_a_trained_trace_is_never_taken_for_the_untrained_one():
    trained = trained_trace(SMALL, Trained(PLAN, False, 30, 0), None)
    other = trained_trace(SMALL, Trained(PLAN, False, 31, 0), None)
    plain = explorer.run(SMALL)
    assert trained.experiment == plain.experiment
    assert len({key_of(trained), key_of(other), key_of(plain)}) == 3
    assert key_of(plain) == key_of(explorer.run(SMALL))


@pytest.mark.parametrize(
    "trained",
    [
        Trained(TrainingPlan(), False, 1, 0),
        Trained(TrainingPlan(optimiser="momentum", momentum=0.95, learning_rate=3e-4, steps=77), True, 77, 1),
    ],
)
def test_a_trained_network_is_one_text(trained):
    assert parse(spelled(trained)) == trained
    assert READERS["trained"](spelled(trained)) == (spelled(trained), [])


@pytest.mark.parametrize(
    "text", ["nonsense", "iteration=0", "iteration=5&lane=1", "iteration=5&optimiser=none", "iteration=1e9", "x" * 999]
)
def test_a_text_that_spells_no_network_is_said(text):
    taken, notes = READERS["trained"](text)
    assert taken is None
    assert len(notes) == 1


def test_start_trains_and_the_buttons_follow():
    app = opened(**LINK, steps="100000")
    assert "train_start" in keys(app)
    assert not {"train_go_on", "train_stop"} & keys(app)
    watched = press(app, "train_start")
    assert watched.running
    assert {"train_start", "train_pause", "train_stop"} <= keys(app)
    before = watched.iteration
    app.run()
    assert watched.iteration > before > 0
    press(app, "train_pause")
    at = watched.iteration
    app.run()
    assert watched.iteration == at
    press(app, "train_step")
    assert watched.iteration == at + 1
    press(app, "train_go_on")
    assert watched.iteration > at + 1
    press(app, "train_stop")
    assert watched.state == "stopped"
    assert not app.exception
    assert not app.error


def test_nothing_is_lost_by_another_view_or_a_control_and_the_training_keeps_its_own():
    app = opened(**LINK, steps="100000", learning_rate="0.01")
    watched = press(app, "train_start")
    app.segmented_control(key="view").set_value("lenses").run()
    at = watched.iteration
    app.run()
    assert watched.iteration == at  # the view is not shown
    app.segmented_control(key="view").set_value("training").run()
    assert app.session_state[WATCHED] is watched
    assert watched.iteration > at
    assert app.session_state["learning_rate"] == 0.01
    assert not app.info
    app.segmented_control(key="cell").set_value("gru").run()
    assert app.session_state[WATCHED] is watched
    assert "Cell (its own RNN, now GRU)" in app.info[0].value
    assert press(app, "train_start") is not watched
    assert not app.info


def test_a_plan_that_cannot_be_trained_is_said(monkeypatch):
    app = opened(**LINK)
    monkeypatch.setenv("EXPLORER_MEMORY_BUDGET", "200000")
    next(button for button in app.button if button.key == "train_start").click().run()
    assert not app.exception
    assert any("`steps`" in warning.value for warning in app.warning)
    assert WATCHED not in app.session_state


def trained_app(**link):
    app = opened(**{**LINK, "steps": "40", **link})
    watched = press(app, "train_start")
    while watched.running:
        app.run()
    app.run()
    assert not app.exception
    return app, watched, [markdown.value for markdown in app.markdown]


def test_the_trial_is_said_and_the_what_if_recomputes_it():
    _, _, said = trained_app(what_if="0.001")
    assert any("of 40 steps were clipped at 1.00" in text or "no step of 40" in text for text in said)
    assert any("A step-size limiter: 100\u00a0% of 40 steps were clipped at 0.0010" in text for text in said)


def test_a_suggestion_is_tried_by_a_twin_before_it_is_offered():
    app, watched, said = trained_app(clip_threshold="100")
    trial = trial_of(watched.history(), 0)
    (sentence,) = [text for text in said if text.startswith("Suggested threshold")]
    assert "A twin tried it for 40 iterations from the start: the loss went from" in sentence
    press(app, "take_suggested")
    assert app.session_state["clip_threshold"] == trial.suggestion.threshold
    assert "Clipping threshold (its own 100, now" in app.info[0].value


def test_while_a_training_runs_nothing_is_tried_and_nothing_offered():
    app = opened(**LINK, steps="100000", clip_threshold="100")
    watched = press(app, "train_start")
    while watched.iteration < 30:
        app.run()
    assert watched.running
    app.run()
    assert any("when the training rests" in markdown.value for markdown in app.markdown)
    assert "take_suggested" not in {button.key for button in app.button}


def test_norms_that_were_met_under_a_brake_suggest_nothing():
    app, watched, said = trained_app()
    assert trial_of(watched.history(), 0).verdict == "limiter"
    assert any(text.startswith("No threshold is suggested. More than a quarter of the steps") for text in said)
    assert "take_suggested" not in keys(app)


def test_no_threshold_is_offered_that_the_control_would_not_take():
    stretching = {"activation": "identity", "init": "orthogonal", "gain": "1.2", "seq_len": "100", "clip": "none"}
    app, watched, said = trained_app(**stretching, optimiser="adam", learning_rate="1e-09")
    assert trial_of(watched.history(), 0).suggestion.threshold > 1e9
    assert any("and a threshold lies between" in text for text in said)
    assert "take_what_if" in keys(app)
    assert "take_suggested" not in keys(app)


def test_a_suggestion_whose_twin_does_worse_is_not_offered(monkeypatch):
    monkeypatch.setitem(threshold_twin.LIMITS, "worse_factor", (1e-3, "so that any twin is worse"))
    app, _, said = trained_app(clip_threshold="100", seed="5")
    assert any(text.startswith("No threshold is suggested. A twin tried ") for text in said)
    assert "take_suggested" not in keys(app)


def test_an_iteration_opens_in_the_explorer_and_its_lenses_and_a_control_leaves_it():
    app = opened(**LINK, steps="40", twins="true")
    watched = press(app, "train_start")
    while watched.running:
        app.run()
    app.run()
    app.number_input(key="open_iteration").set_value(27).run()
    press(app, "open_network")
    assert app.session_state["view"] == "explorer"
    trained = trained_trace(SMALL, Trained(PLAN.replace(evaluate_every=100), True, 27, 0), None)
    assert f"{trained.loss:.3g}" in verdict(app)
    assert any("iteration 27 of 40, clipped" in markdown.value for markdown in app.markdown)
    text = app.session_state["trained"]
    app.segmented_control(key="view").set_value("lenses").run()
    assert any("iteration 27 of 40" in markdown.value for markdown in app.markdown)
    assert app.session_state["trained"] == text
    assert not app.exception
    assert not app.error
    fresh = opened(**{k: v for k, v in LINK.items() if k != "view"}, trained=text)
    assert verdict(fresh) == verdict_of(app)
    fresh.segmented_control(key="cell").set_value("gru").run()
    assert not fresh.session_state["trained"]
    assert not any("A trained network" in markdown.value for markdown in fresh.markdown)


def verdict_of(app):
    """The explorer's verdict, after switching to that view."""
    app.segmented_control(key="view").set_value("explorer").run()
    return verdict(app)


@pytest.mark.parametrize("name", ["trained", "learning_rate", "optimiser", "what_if", "coldest"])
def test_a_link_that_cannot_be_taken_is_said(name):
    app = opened(**LINK, **{name: "nonsense"})
    assert not app.exception
    assert app.warning


@pytest.mark.parametrize("preset", ["adding-lstm", "adding-rnn", "saved-by-clipping"])
def test_a_preset_about_training_sets_the_plan_and_offers_the_page(preset):
    from explorer.show.presets import all_presets

    app = opened()
    app.selectbox(key="preset").select(preset).run()
    plan = all_presets()[preset].training
    assert app.session_state["steps"] == plan.steps
    press_offer = next(button for button in app.button if button.key == "to_training")
    press_offer.click().run()
    assert app.session_state["view"] == "training"
    assert {name: app.session_state[name] for name in ("steps", "learning_rate", "optimiser")} == {
        name: getattr(plan, name) for name in ("steps", "learning_rate", "optimiser")
    }
    assert any(all_presets()[preset].title in markdown.value for markdown in app.markdown)
