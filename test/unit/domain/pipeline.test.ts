import { describe, expect, test } from 'vitest';
import {
  NEEDS,
  OPTIONAL_STEPS,
  STAGES,
  stageOf,
  stepsOf,
  STEPS_BY_STAGE,
  type StepName,
} from '../../../src/domain/pipeline.js';

const ALL: StepName[] = STAGES.flatMap((stage) => [...STEPS_BY_STAGE[stage]]);

describe('the incoming flow', () => {
  test('has each step in exactly one stage', () => {
    expect(new Set(ALL).size).toBe(ALL.length);
    for (const step of ALL)
      expect(STAGES.filter((stage) => stepsOf(stage, OPTIONAL_STEPS).includes(step))).toEqual([stageOf(step)]);
  });

  test('has fifteen steps for every message, and two more for whoever asks', () => {
    const asked = (names: Parameters<typeof stepsOf>[1]) => STAGES.flatMap((stage) => stepsOf(stage, names));
    expect(asked([])).toHaveLength(15);
    expect(asked(['voice'])).toEqual([...asked([]).slice(0, 7), 'voice', ...asked([]).slice(7)]);
    expect(asked(['translation', 'voice'])).toEqual(ALL);
  });

  test('says of every step what it needs, all of it from its own stage', () => {
    expect(Object.keys(NEEDS).toSorted()).toEqual(ALL.toSorted());
    for (const step of ALL)
      for (const need of NEEDS[step]) expect(stageOf(need), `${step} needs ${need}`).toBe(stageOf(step));
  });

  test('has no step that needs itself, by whatever way', () => {
    const behind = (step: StepName, way: StepName[]): void => {
      expect(way, [...way, step].join(' needs ')).not.toContain(step);
      for (const need of NEEDS[step]) behind(need, [...way, step]);
    };
    for (const step of ALL) behind(step, []);
  });

  test('has no step that needs one which runs only when it was asked for', () => {
    const optional: readonly StepName[] = OPTIONAL_STEPS;
    for (const step of ALL)
      expect(
        NEEDS[step].filter((need) => optional.includes(need)),
        step,
      ).toEqual([]);
  });
});
