import type { CatalogEntry } from '../api/catalog';
import { describeModelInputs, type ModelInputs } from '../schema/modelInputs';
import { rethrow, RunComfyFailure } from '../shared/failure';
import type { ApiTransport } from '../transport/apiTransport';
import { bundledModel } from './bundledModels';
import { cachedModel } from './catalogCache';

/** The inputs of a model, and where they come from. */
export interface ModelSchema {
	source: 'live' | 'bundled' | 'none';
	/** undefined when no schema is to be had. */
	inputs: ModelInputs | undefined;
	/** The catalog's entry, with the price; only where the catalog could be read. */
	entry?: CatalogEntry;
	/** Why the live catalog did not serve, as a sentence without its full stop. */
	reason?: string;
}

/**
 * Finds a model's inputs: in the live catalog, else in the bundled schemas.
 *
 * @throws RunComfyFailure `unauthorized`: without a valid token nothing else will work either
 */
export async function findModelSchema(
	transport: ApiTransport,
	modelId: string,
	signal?: AbortSignal,
): Promise<ModelSchema> {
	try {
		const entry = await cachedModel(transport, modelId, signal);
		const inputs = describeModelInputs(entry.input_schema);
		if (inputs) return { source: 'live', inputs, entry };
		return { ...bundledSchema(modelId, `RunComfy's catalog has no input schema for the model ${modelId}`), entry };
	} catch (error) {
		if (!(error instanceof RunComfyFailure) || error.details.code === 'unauthorized') rethrow(error);
		return bundledSchema(
			modelId,
			error.details.code === 'not_found'
				? `RunComfy's catalog does not have the model ${modelId}`
				: `RunComfy's catalog cannot be read at the moment (${error.details.message})`,
		);
	}
}

/** The schema that comes with the node, if there is one. */
export function bundledSchema(modelId: string, reason: string): ModelSchema {
	const inputs = describeModelInputs(bundledModel(modelId)?.input_schema);
	return { source: inputs ? 'bundled' : 'none', inputs, reason };
}

/** Remembers what was found for the time of one node run, so that a hundred items ask once. */
export function modelSchemaReader(transport: ApiTransport, signal?: AbortSignal) {
	const found = new Map<string, Promise<ModelSchema>>();
	return async (modelId: string): Promise<ModelSchema> => {
		const known = found.get(modelId) ?? findModelSchema(transport, modelId, signal);
		found.set(modelId, known);
		return await known;
	};
}
