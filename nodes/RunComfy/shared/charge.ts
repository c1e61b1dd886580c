import type { Charged } from './failure';

/*
 * The one place for what people read about money. The rest of a message must not say it in words of its own: some of these
 * sentences are taken out again, where they would no longer be true.
 */

/** Before anything was submitted. */
export const NOTHING_SUBMITTED = 'Nothing was submitted or charged.';

/** The same for one item among others, about which it must say nothing. */
export const ITEM_NOT_SUBMITTED = 'This item was not submitted or charged.';

/** After a submit whose outcome is unknown. */
export const MAY_BE_CHARGED =
	'The request may have been accepted and charged. Check Generations on runcomfy.com before you run this again.';

/** After a submit whose outcome is known. @param usd the bill, where RunComfy sent one */
export function chargeSentence(charged: Charged, usd?: number): string {
	if (charged === 'yes') return usd === undefined ? 'You were charged.' : `You were charged ${usd} USD.`;
	return charged === 'no' ? 'Nothing was charged.' : "RunComfy doesn't say whether you were charged.";
}

/** Whether a description says already that there is nothing to pay. */
export function saysNotCharged(description = ''): boolean {
	return description.includes(ITEM_NOT_SUBMITTED) || withoutNothingCharged(description) !== description;
}

/** A description without the sentences that are not true where something was submitted before, or that speak for others. */
export function withoutNothingCharged(description = ''): string {
	return description.replace(/ ?Nothing was [^.]*\./g, '').trim();
}
