import { ITEM_NOT_SUBMITTED, NOTHING_SUBMITTED, withoutNothingCharged } from '../shared/charge';
import { RunComfyFailure, type FailureDetails } from '../shared/failure';
import { detailsOf } from './nodeError';

/** How many items a message names; a thousand would help nobody. */
const MAX_NAMED = 10;
/** The longest message of one item when several are named. Characters. */
const MAX_MESSAGE = 600;

/** An item that can't be submitted, and why. */
export interface RefusedItem {
	itemIndex: number;
	error: unknown;
}

/**
 * The failure that ends a run when some items didn't pass their checks. Nothing was submitted.
 *
 * @param refused in the order of the items, at least one
 * @param itemCount of the whole run
 */
export function itemsRefused(refused: RefusedItem[], itemCount: number): RunComfyFailure {
	const all = refused.map(({ itemIndex, error }) => ({ itemIndex, details: detailsOf(error) }));
	const [first] = all as [{ itemIndex: number; details: FailureDetails }];
	// What an earlier try may have paid for matters more than any refusal.
	const unclear = all.find(({ details }) => details.charged !== 'no');
	if (unclear) return new RunComfyFailure(unclear.details);
	const isAlike = all.length === itemCount && all.every(({ details }) => details.message === first.details.message);
	if (isAlike) return withDescription(first.details, NOTHING_SUBMITTED);

	const targetOf = ({ model_id, deployment_id }: FailureDetails) => model_id ?? deployment_id;
	const hasSeveralTargets = new Set(all.map(({ details }) => targetOf(details))).size > 1;
	const named = all.slice(0, MAX_NAMED).map(({ itemIndex, details }) => {
		const target = targetOf(details);
		const suffix = hasSeveralTargets && target !== undefined ? ` (${target})` : '';
		return `Item ${itemIndex}${suffix}: ${shortened(details.message)}`;
	});
	const more = all.length > named.length ? [`and ${all.length - named.length} more`] : [];
	const message = [...named, ...more].join('; ');
	const code = all.every(({ details }) => details.code === first.details.code) ? first.details.code : 'invalid_input';
	const count = `${all.length} of ${itemCount} items`;
	const advice = adviceOf(all.map(({ details }) => details));
	return new RunComfyFailure({
		...first.details,
		code,
		message: `${count} can't be submitted. ${message}`,
		description: `${NOTHING_SUBMITTED} ${advice} To run the other items anyway, set On Error to Continue in the settings of this node.`,
	});
}

/** The same for a single item under Continue On Fail, whose message must not speak for the others. */
export function itemRefused(error: unknown, itemCount: number): RunComfyFailure {
	const details = detailsOf(error);
	if (details.charged !== 'no') return new RunComfyFailure(details);
	return withDescription(details, itemCount === 1 ? NOTHING_SUBMITTED : ITEM_NOT_SUBMITTED);
}

function withDescription(details: FailureDetails, sentence: string): RunComfyFailure {
	return new RunComfyFailure({
		...details,
		description: `${sentence} ${withoutNothingCharged(details.description)}`.trim(),
	});
}

/** The advice for the first item, and one more if other items need different advice. */
function adviceOf(all: FailureDetails[]): string {
	const texts = new Set(
		all.map(({ description }) => withoutNothingCharged(description)).filter((text) => text !== ''),
	);
	return [...texts].slice(0, 2).join(' ') || 'Correct these items.';
}

function shortened(message: string): string {
	return message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE)}…` : message;
}
