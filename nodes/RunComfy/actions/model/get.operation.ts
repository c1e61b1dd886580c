import { updateDisplayOptions, type IDataObject } from 'n8n-workflow';

import { readModel } from '../../api/model/catalog';
import type { ItemContext } from '../../execution/itemContext';
import type { OutputItem } from '../../execution/runItems';
import { modelField, readModelId } from '../parameters/modelField';

export const description = updateDisplayOptions({ show: { resource: ['model'], operation: ['get'] } }, [modelField]);

export async function execute(item: ItemContext): Promise<OutputItem[]> {
	const modelId = await readModelId(item);
	const entry = await readModel(item.transport, modelId, { signal: item.signal });
	return [{ json: entry as IDataObject }];
}
