import { submitRequest } from '../../api/model/modelJobs';
import type { ItemContext } from '../../execution/itemContext';
import { withSimilarModels } from '../../model/similarModels';
import { throwAsIs } from '../../shared/failure';
import { readModelId } from '../parameters/modelField';
import { prepareSafeSubmit, type PreparedSubmit } from '../steps/submitSafely';
import { similarModelsOf } from './checkInput';
import { prepareInput } from './prepareInput';

/**
 * Reads and checks an item's input for a model, so that it can be submitted later.
 *
 * @throws RunComfyFailure `invalid_input` or `media_rejected`; and that of an earlier try whose outcome is unknown
 */
export async function prepareSubmit(item: ItemContext): Promise<PreparedSubmit> {
	return await prepareSafeSubmit(item, async () => {
		const modelId = await readModelId(item);
		return {
			...(await prepareInput(item, modelId)),
			target: { family: 'model', targetId: modelId },
			send: async (body, control) => {
				try {
					return await submitRequest(item.transport, modelId, body, control);
				} catch (error) {
					// They are known from the check already, so a failure is reported without delay.
					return throwAsIs(withSimilarModels(error, await similarModelsOf(item, modelId)));
				}
			},
		};
	});
}
