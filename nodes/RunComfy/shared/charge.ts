import type { Charged } from './failure';

/*
 * The one place for what users read about charges. Messages must not say it in other words, because some of these sentences are
 * removed again where they would no longer be true.
 */

/** Before anything was submitted. */
export const NOTHING_SUBMITTED = 'Nothing was submitted or charged.';

/** The same for one item, saying nothing about the others. */
export const ITEM_NOT_SUBMITTED = 'This item was not submitted or charged.';

/** After a submit whose outcome is unknown. */
export const MAY_BE_CHARGED =
	'The request may have been accepted and charged. Check Generations on runcomfy.com before you run this again.';

/** After a submit whose outcome is known. @param usd the charge, if RunComfy sent it */
export function chargeSentence(charged: Charged, usd?: number): string {
	if (charged === 'yes') return usd === undefined ? 'You were charged.' : `You were charged ${usd} USD.`;
	return charged === 'no' ? 'Nothing was charged.' : "RunComfy doesn't say whether you were charged.";
}

/** Whether a description already says that nothing was charged. */
export function saysNotCharged(description = ''): boolean {
	return description.includes(ITEM_NOT_SUBMITTED) || withoutNothingCharged(description) !== description;
}

/**
 * A description without the sentences that would be wrong if something was submitted before, or that speak for other
 * items.
 */
export function withoutNothingCharged(description = ''): string {
	return description.replace(/ ?Nothing was [^.]*\./g, '').trim();
}
