import { updateDisplayOptions, type IDataObject } from 'n8n-workflow';

import { readModel } from '../../api/model/catalog';
import type { ItemContext } from '../../execution/itemContext';
import type { OutputItem } from '../../execution/runItems';
import { readSimilarModels, withSimilarModels } from '../../model/similarModels';
import { RunComfyFailure, throwAsIs } from '../../shared/failure';
import { modelField, readModelId } from '../parameters/modelField';

export const description = updateDisplayOptions({ show: { resource: ['model'], operation: ['get'] } }, [modelField]);

export async function execute(item: ItemContext): Promise<OutputItem[]> {
	const modelId = await readModelId(item);
	try {
		const entry = await readModel(item.transport, modelId, { signal: item.signal });
		return [{ json: entry as IDataObject }];
	} catch (error) {
		const similar = isUnknown(error) ? await readSimilarModels(item.transport, modelId, item.signal) : [];
		return throwAsIs(withSimilarModels(error, similar));
	}
}

function isUnknown(error: unknown): boolean {
	return error instanceof RunComfyFailure && error.details.code === 'not_found';
}
