import {
	chargeSentence,
	ITEM_NOT_SUBMITTED,
	NOTHING_SUBMITTED,
	saysNotCharged,
	withoutNothingCharged,
} from '../../nodes/RunComfy/shared/charge';

it.each([
	['yes', 0.12, 'You were charged 0.12 USD.'],
	['yes', undefined, 'You were charged.'],
	['no', 0, 'Nothing was charged.'],
	['unknown', undefined, "RunComfy doesn't say whether you were charged."],
] as const)('the sentence of a request with charged: %s and a bill of %s', (charged, usd, sentence) =>
	expect(chargeSentence(charged, usd)).toBe(sentence),
);

describe('a sentence that says there is nothing to pay', () => {
	it.each([NOTHING_SUBMITTED, chargeSentence('no')])('is found and taken out again: %s', (sentence) => {
		expect(saysNotCharged(`Correct it. ${sentence}`)).toBe(true);
		expect(withoutNothingCharged(`${sentence} Correct it. ${sentence}`)).toBe('Correct it.');
	});

	it('is found and kept where it is about one item', () => {
		expect(saysNotCharged(`${ITEM_NOT_SUBMITTED} Correct it.`)).toBe(true);
		expect(withoutNothingCharged(`${ITEM_NOT_SUBMITTED} Correct it.`)).toBe(`${ITEM_NOT_SUBMITTED} Correct it.`);
	});

	it.each([undefined, '', 'Nothing is lost.', chargeSentence('unknown'), chargeSentence('yes', 1)])(
		'is not seen in %j',
		(description) => expect(saysNotCharged(description)).toBe(false),
	);
});
