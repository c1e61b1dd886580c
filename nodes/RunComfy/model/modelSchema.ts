import type { CatalogEntry } from '../api/model/catalog';
import { describeModelInputs, type ModelInputs } from '../schema/modelInputs';
import { throwAsIs, RunComfyFailure } from '../shared/failure';
import type { ApiTransport } from '../transport/apiTransport';
import { bundledModel } from './bundledModels';
import { cachedModel } from './catalogCache';
import { retryingReader } from './retryingReader';
import { readSimilarModels } from './similarModels';

/** The inputs of a model, and where they come from. */
export interface ModelSchema {
	source: 'live' | 'bundled' | 'none';
	/** undefined when there is no schema. */
	inputs: ModelInputs | undefined;
	/** The catalog entry, with the price; only if the catalog could be read. */
	entry?: CatalogEntry;
	/** Why the live catalog wasn't used, as a sentence without its full stop. */
	reason?: string;
	/** IDs that may be meant, if the catalog doesn't have this one. */
	similar?: string[];
	/** The catalog couldn't be read, so another try may help. */
	isReadFailed?: boolean;
}

/**
 * Finds a model's inputs in the live catalog, or else in the bundled schemas.
 *
 * @param maxRepeats how often a call is sent again; three times by default
 * @throws RunComfyFailure `unauthorized`: without a valid token, nothing else will work either
 */
export async function findModelSchema(
	transport: ApiTransport,
	modelId: string,
	signal?: AbortSignal,
	maxRepeats?: number,
): Promise<ModelSchema> {
	try {
		const entry = await cachedModel(transport, modelId, signal, maxRepeats);
		const inputs = describeModelInputs(entry.input_schema);
		if (inputs) return { source: 'live', inputs, entry };
		return { ...bundledSchema(modelId, `RunComfy's catalog has no input schema for the model ${modelId}`), entry };
	} catch (error) {
		if (!(error instanceof RunComfyFailure) || error.details.code === 'unauthorized') throwAsIs(error);
		if (error.details.code === 'not_found')
			return {
				...bundledSchema(modelId, `RunComfy's catalog doesn't have the model ${modelId}`),
				similar: await readSimilarModels(transport, modelId, signal),
			};
		const reason = `RunComfy's catalog is currently unavailable (${error.details.message})`;
		return { ...bundledSchema(modelId, reason), isReadFailed: true };
	}
}

/** The schema included in the node, if there is one. */
export function bundledSchema(modelId: string, reason: string): ModelSchema {
	const inputs = describeModelInputs(bundledModel(modelId)?.input_schema);
	return { source: inputs ? 'bundled' : 'none', inputs, reason };
}

/** Remembers schemas for one node run, so that a hundred items read them once. */
export function modelSchemaReader(transport: ApiTransport, signal?: AbortSignal) {
	const readers = new Map<string, () => Promise<ModelSchema>>();
	return async (modelId: string): Promise<ModelSchema> => {
		const reader =
			readers.get(modelId) ??
			retryingReader<ModelSchema>(
				async (maxRepeats) => await findModelSchema(transport, modelId, signal, maxRepeats),
				({ isReadFailed }) => isReadFailed === true,
			);
		readers.set(modelId, reader);
		return await reader();
	};
}
