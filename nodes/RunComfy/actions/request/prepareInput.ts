import type { ItemContext } from '../../execution/itemContext';
import { requirePassed, type PreparedInput } from '../steps/checkedInput';
import { checkInput } from './checkInput';

/**
 * Checks an item's input, and refuses what the model would refuse.
 *
 * @throws RunComfyFailure `invalid_input` or `media_rejected`, naming every problem at once
 */
export async function prepareInput(item: ItemContext, modelId: string): Promise<PreparedInput> {
	return requirePassed({ family: 'model', targetId: modelId }, await checkInput(item, modelId));
}
