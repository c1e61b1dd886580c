import { readModel } from '../api/catalog';
import { RunComfyFailure } from '../failures/failure';
import { describeModelInputs, type ModelInputs } from '../schema/modelInputs';
import type { ApiTransport } from '../transport/apiTransport';
import { bundledModel } from './bundledModels';

/** The inputs of a model, and what a user has to know about where they come from. */
export interface ModelSchema {
	/** undefined when no schema is to be had: the input is then sent unchecked. */
	inputs: ModelInputs | undefined;
	/** Told on the run, when the live catalog did not serve. */
	notice?: string;
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
		const entry = await readModel(transport, modelId, signal);
		const inputs = describeModelInputs(entry.input_schema);
		if (inputs) return { inputs };
		return fallback(modelId, `RunComfy's catalog has no input schema for the model ${modelId}`);
	} catch (error) {
		if (!(error instanceof RunComfyFailure) || error.details.code === 'unauthorized') {
			const rethrown = error;
			throw rethrown;
		}
		const reason =
			error.details.code === 'not_found'
				? `RunComfy's catalog does not have the model ${modelId}`
				: "RunComfy's catalog cannot be reached";
		return fallback(modelId, reason);
	}
}

function fallback(modelId: string, reason: string): ModelSchema {
	const inputs = describeModelInputs(bundledModel(modelId)?.input_schema);
	return {
		inputs,
		notice: inputs
			? `${reason}. The schema that comes with this node was used instead, which may be older.`
			: `${reason}, so the input was sent without being checked.`,
	};
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
