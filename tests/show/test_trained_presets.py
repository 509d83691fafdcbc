"""What the presets about training say of it, held against the training itself, for as long as a test may take."""

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

import explorer
from explorer.questions.training import Recorder, read_batch, train, twins
from explorer.questions.training.lanes import baseline, held_out
from explorer.show.presets import all_presets

PRESETS = all_presets()
NOTHING = 1 / 6


@pytest.fixture(autouse=True)
def one_thread():
    """NumPy's worker threads gain nothing at these sizes, and on a busy machine they cost ten times the time."""
    with threadpool_limits(1, user_api="blas"):
        yield


def decades_back(step, back):
    """log10 of the gradient `back` steps before the last, over that at the last."""
    norms = step.log10_state_grad_norm[0]
    return norms[-1 - back] - norms[-1]


def held_out_loss(experiment):
    """The loss on held-out sequences before the first update."""
    inputs, (last,) = held_out(experiment)
    targets = np.broadcast_to(last, (len(inputs), *last.shape))  # of which the loss takes the last alone
    return explorer.run(experiment.replace(batch_size=inputs.shape[1]), inputs=inputs, targets=targets).loss


def looked_at(training, iterations):
    """The steps of these iterations, each followed by an evaluation; what lies between is trained and not measured."""
    for iteration in iterations:
        training.skip_to(iteration - 1)
        yield next(training)


def test_saved_by_clipping_is_saved_from_overflow_and_learns_nothing():
    preset = PRESETS["saved-by-clipping"]
    recorder = Recorder(train(twins(preset.experiment), preset.training))
    list(recorder)
    history = recorder.history()
    assert history.iterations == 100
    assert f"all of the {history.iterations} steps" in preset.look
    assert history.endings[0] is None
    assert history.endings[1].iteration == 2
    assert not np.isfinite(history.loss[1, 1])
    assert (history.norm_before[:, 0] > 1.0).all() and (history.factor[:, 0] < 1.0).all()
    ends_at = float(history.eval_loss[-1, 0])
    starts_at = round(held_out_loss(preset.experiment), -1)
    assert f"falls from about {starts_at:.0f} to {ends_at:.2f}" in preset.look
    assert ends_at == pytest.approx(2 * NOTHING, rel=0.05)
    assert history.eval_loss[:, 0].min() > 1.8 * NOTHING  # nor was anything learnt on the way
    assert history.loss[-10:, 0].mean() > 1.5 * NOTHING


def test_the_lstm_stays_at_what_nothing_costs_and_then_learns():
    """Measured over all 3,000 iterations on 2026-11-29: the batches' mean loss is 0.245 over the first hundred, 0.160
    to 0.174 over each of the next ten hundreds, and 0.0041 from 1,401 to 1,500; held out 0.171 to 0.192 until 1,100,
    0.0037 at 1,500, 0.0002 at the end. Norm at step 1 over that at the last: 10^-4 until 1,100, 10^-0.6 from 1,200 on.
    """
    preset = PRESETS["adding-lstm"]
    assert baseline(preset.experiment) == NOTHING
    assert preset.training.steps >= 1500
    *before, after = looked_at(train(preset.experiment, preset.training), (100, 400, 700, 1000, 1100, 1500))
    for step in before:
        assert 0.165 < step.eval_loss[0] < 0.195
        assert decades_back(step, 29) < -3
    assert after.eval_loss[0] < 0.008
    assert "by iteration 1,500 the loss is below 0.01" in preset.look
    assert decades_back(after, 29) > -1


def test_the_rnn_does_not_come_below_what_nothing_costs():
    """Measured over all 3,000 iterations on 2026-11-29: held out 0.1702 at the least; 50 steps back 10^-11.15 of the
    gradient at the most; the batches' mean loss is 0.1679 from iteration 101 on. 15 steps back 10^-4.18 at the most.
    """
    preset = PRESETS["adding-rnn"]
    assert preset.training.steps == 3000 and "Over 3,000 iterations" in preset.look
    assert preset.experiment.seq_len == 100
    for step in looked_at(train(preset.experiment, preset.training), range(100, 701, 100)):
        assert step.eval_loss[0] > NOTHING
        assert decades_back(step, 50) < -11
        assert decades_back(step, 15) < -3
    assert "less than 10⁻¹⁰ of the gradient" in preset.look and "never falls below 0.167" in preset.look


def test_the_first_marked_number_lies_in_the_first_half_and_the_second_mostly_more_than_14_steps_back():
    preset = PRESETS["adding-rnn"]
    back = []
    for iteration in range(1, 60):
        marked = read_batch(preset.experiment, iteration)[0][..., 1]
        assert (np.argmax(marked, axis=0) + 1 <= 50).all()
        back.extend(np.argmax(marked[::-1], axis=0))
    assert np.mean(np.array(back) > 14) == pytest.approx(0.7, abs=0.03)
    assert "more than 14 steps back in seven of ten sequences" in preset.look
    trace = explorer.run(preset.experiment)
    norms = trace.log10_state_grad_norm["h"][-1]
    assert norms[-1 - 15] - norms[-1] < -3
