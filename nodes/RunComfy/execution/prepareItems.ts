import { ExecutionStopped, internalFailure, isUnforeseen, throwAsIs, RunComfyFailure } from '../shared/failure';
import { ItemContext } from './itemContext';
import type { Run } from './run';
import type { OutputItem } from './runItems';

/** Checks spend most of their time waiting for the network. */
const CHECKS_AT_ONCE = 50;

/** An item that passed its checks. What is left is the paid part. */
export interface PreparedItem {
	/**
	 * Reserves its price. Called in the order of the items, after all of them were checked.
	 *
	 * @throws RunComfyFailure `spend_limit`
	 */
	reserve?: () => void;
	/** Releases the reserved price of an item that is not submitted in this run after all. */
	release?: () => void;
	submit: () => Promise<OutputItem[]>;
}

/** Reads and checks an item, without paying for anything. @throws RunComfyFailure when the item cannot be submitted */
export type ItemPreparation = (item: ItemContext) => Promise<PreparedItem>;

/** The items of a run after their checks, by index. */
export interface PreparedItems {
	prepared: Map<number, PreparedItem>;
	/** Why the others cannot be submitted. */
	refused: Map<number, unknown>;
}

/**
 * Checks all items of a run before anything is submitted, so that a refusal can truthfully say that nothing was submitted.
 *
 * @throws ExecutionStopped
 */
export async function prepareItems(run: Run, prepare: ItemPreparation, itemCount: number): Promise<PreparedItems> {
	const prepared = new Map<number, PreparedItem>();
	const refused = new Map<number, unknown>();
	let next = 0;
	const refuse = (itemIndex: number, error: unknown) =>
		refused.set(itemIndex, isUnforeseen(error) ? internalFailure(error, 'no') : error);
	/** Without a valid token every item fails the same way, so the others need not ask. */
	let commonFailure: unknown;
	const worker = async () => {
		while (next < itemCount && !run.signal.aborted) {
			const itemIndex = next++;
			try {
				if (commonFailure !== undefined) throwAsIs(commonFailure);
				// Reading parameters keeps this thread busy: fifty items at once would block n8n.
				await run.nextTurn();
				prepared.set(itemIndex, await prepare(new ItemContext(run, itemIndex)));
			} catch (error) {
				if (error instanceof ExecutionStopped) return;
				if (error instanceof RunComfyFailure && error.details.code === 'unauthorized') commonFailure = error;
				refuse(itemIndex, error);
			}
		}
	};
	await Promise.all(Array.from({ length: Math.min(CHECKS_AT_ONCE, itemCount) }, worker));
	if (run.signal.aborted) throw new ExecutionStopped();
	for (let itemIndex = 0; itemIndex < itemCount; itemIndex++) {
		try {
			prepared.get(itemIndex)?.reserve?.();
		} catch (error) {
			prepared.delete(itemIndex);
			refuse(itemIndex, error);
		}
	}
	return { prepared, refused };
}
