import { Injectable } from '@nestjs/common';
import { Database } from '../../adapters/database/database.js';
import { readAgreement } from '../../adapters/learning/correction-record.js';
import {
  answerWith,
  readLearnedModels,
  readModelVersions,
  requestTraining,
  type LearnedModelRecord,
  type ModelVersionRecord,
} from '../../adapters/learning/model-versions.js';
import { isTrained } from '../../domain/correction.js';
import { shareOf, type Agreement } from '../../domain/drift.js';
import { atLeastByChance, calibrationError, type Evaluation } from '../../domain/promotion.js';
import { TRAIN_AFTER } from '../../domain/training.js';
import type { Viewer } from '../authentication/token-authenticator.js';
import { ApiError } from '../graphql/errors.js';
import { DEFAULT_PAGE, MAX_PAGE } from '../graphql/pages.js';
import { isUuid } from '../graphql/uuid.js';
import type { LearnedModel, ModelAgreement, ModelFigures, ModelVersion } from './learned-model.types.js';

@Injectable()
export class LearnedModelService {
  constructor(private readonly database: Database) {}

  async list(organizationId: string): Promise<LearnedModel[]> {
    return (await this.database.withOrganization(organizationId, (sql) => readLearnedModels(sql))).map(shown);
  }

  async versions(organizationId: string, modelId: string, first: number | null): Promise<ModelVersion[]> {
    const limit = Math.max(1, Math.min(MAX_PAGE, first ?? DEFAULT_PAGE));
    const rows = await this.database.withOrganization(organizationId, (sql) => readModelVersions(sql, modelId, limit));
    return rows.map(versionShown);
  }

  /** Since the promotion of the current version; of all newest messages where there is none. */
  async agreement(organizationId: string, model: LearnedModel): Promise<ModelAgreement> {
    const agreement = await this.database.withOrganization(organizationId, (sql) =>
      readAgreement(sql, model, model.currentSince),
    );
    return agreementShown(agreement);
  }

  /** @throws ApiError NOT_FOUND; CONFLICT for a kind without versions */
  async train(organizationId: string, modelId: string): Promise<LearnedModel> {
    return this.database.withOrganization(organizationId, async (sql) => {
      const model = await one(sql, modelId);
      if (!isTrained(model.kind))
        throw new ApiError('CONFLICT', 'it is learned anew with every correction: there is nothing to train');
      await requestTraining(sql, modelId);
      return shown(await one(sql, modelId));
    });
  }

  /** @throws ApiError NOT_FOUND for the model, or a version of it that was promoted; CONFLICT for one that is too old */
  async answerWith(viewer: Viewer, modelId: string, versionId: string | null): Promise<LearnedModel> {
    if (versionId !== null && !isUuid(versionId)) throw noVersion(versionId);
    return this.database.withOrganization(viewer.organizationId, async (sql) => {
      await one(sql, modelId);
      const result = await answerWith(sql, modelId, versionId, viewer.name);
      if (result === 'noVersion') throw noVersion(versionId);
      if (result === 'noWeights')
        throw new ApiError('CONFLICT', 'the weights of this version are kept no longer: choose a newer one, or none');
      return shown(await one(sql, modelId));
    });
  }
}

async function one(sql: Parameters<typeof readLearnedModels>[0], id: string): Promise<LearnedModelRecord> {
  const [model] = isUuid(id) ? await readLearnedModels(sql, id) : [];
  if (model === undefined) throw new ApiError('NOT_FOUND', `there is no model ${id}`);
  return model;
}

const noVersion = (id: string | null) =>
  new ApiError('NOT_FOUND', `the model has no version ${id ?? ''} that was promoted`);

function shown(record: LearnedModelRecord): LearnedModel {
  const { lastNumber, triedThrough, atPromotion } = record;
  const versioned = isTrained(record.kind);
  return {
    ...record,
    versioned,
    untilTraining: versioned ? Math.max(0, triedThrough + TRAIN_AFTER - lastNumber) : null,
    agreementAtPromotion: atPromotion === null ? null : agreementShown(atPromotion),
  };
}

function agreementShown(agreement: Agreement): ModelAgreement {
  return { ...agreement, share: shareOf(agreement) };
}

function versionShown(record: ModelVersionRecord): ModelVersion {
  const { engine, engineVersion, figures } = record;
  return {
    ...record,
    engine: `${engine} ${engineVersion}`,
    current: record.current ?? false,
    figures: figuresShown(figures),
  };
}

function figuresShown(evaluation: Evaluation): ModelFigures {
  const { heldOut, candidateRight, currentRight, better, worse, candidateLoss, currentLoss } = evaluation;
  const share = (value: number) => (heldOut === 0 ? null : value / heldOut);
  return {
    heldOut,
    accuracy: share(candidateRight),
    accuracyBefore: share(currentRight),
    better,
    worse,
    chance: atLeastByChance(better, better + worse),
    calibrationError: calibrationError(evaluation),
    logLoss: share(candidateLoss),
    logLossBefore: share(currentLoss),
  };
}
