import { updateDisplayOptions, type IDataObject } from 'n8n-workflow';

import { readModel } from '../../api/model/catalog';
import type { Run } from '../../execution/run';
import type { OutputItem } from '../../execution/runItems';
import { modelField, readModelId } from '../shared/modelField';

export const description = updateDisplayOptions({ show: { resource: ['model'], operation: ['get'] } }, [modelField]);

export async function execute(run: Run, itemIndex: number): Promise<OutputItem[]> {
	const modelId = await readModelId(run, itemIndex);
	const entry = await readModel(run.transport, modelId, { signal: run.signal });
	return [{ json: entry as IDataObject }];
}
