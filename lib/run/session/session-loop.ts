/** The steps of a session that are left, and what is measured and saved between them. */
import type { Dataset } from "../../data/examples/dataset.js";
import type { TrainListeners } from "./listeners.js";
import { splitLoss } from "../split-losses.js";
import { parseSchedule, rateIn } from "../../train/schedule.js";
import { addDevLoss, save, type Session } from "./session.js";
import type { Trainer } from "../../train/trainer.js";
import type { Task } from "../../train/event-loop.js";

/**
 * Trains until the steps are done or patience ends, with dev losses and checkpoints where they are
 * due.
 * @param dev the examples that dev losses are measured on
 * @param until how many steps there are then, at most: a part of the session's, or all of them
 */
export function* sessionLoop(
  session: Session & { trainer: Trainer },
  dev: Dataset,
  until: number,
  { onStep, onDevLoss, onSaved }: TrainListeners,
): Task<void> {
  const { config, trainer, metrics } = session;
  const schedule = parseSchedule(config.lr, config.steps);
  const report = (step: number, loss: number): void => {
    const logged = step % config.logEvery === 0 || step === config.steps - 1;
    if (logged) metrics.add({ step, loss, lr: rateIn(schedule, step) });
    onStep?.(step, loss, logged);
  };
  const next = (every: number): number => (Math.floor(trainer.step / every) + 1) * every;
  const end = Math.min(until, config.steps);
  while (trainer.step < end) {
    const { step } = trainer;
    if (step > 0 && step % config.evalEvery === 0 && !metrics.hasDevLoss(step)) {
      const devLoss = yield* splitLoss(session, "dev", dev);
      session.files?.write(addDevLoss(session, { devLoss }));
      onDevLoss?.(step, devLoss);
    }
    if (config.patience > 0 && metrics.sinceLowest() >= config.patience) return;
    yield* trainer.training(
      Math.min(end, next(config.evalEvery), next(config.checkpointEvery)),
      report,
    );
    if (trainer.step % config.checkpointEvery === 0) {
      trainer.checkFinite();
      save(session);
      if (session.files !== undefined) onSaved?.(session.files.dir);
    }
  }
}
