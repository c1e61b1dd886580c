/** A RunComfy account, known by its API token. */
export interface Account {
	name: string;
	token: string;
	/** What it starts with. USD. */
	balanceUsd: number;
}

/** The accounts that every simulator starts with. They are no secrets: they open nothing but the simulator. */
export const TOKENS = {
	main: 'simulator-token-main',
	other: 'simulator-token-other',
	poor: 'simulator-token-poor',
} as const;

/** What a credential of the node holds for a simulator at this address. */
export const credentialFor = (url: string, apiToken: string = TOKENS.main) => ({
	apiToken,
	customEndpoints: true,
	modelApiUrl: url,
	platformApiUrl: url,
});

export function createAccounts(): Account[] {
	return [
		{ name: 'main', token: TOKENS.main, balanceUsd: 25 },
		{ name: 'other', token: TOKENS.other, balanceUsd: 10 },
		{ name: 'poor', token: TOKENS.poor, balanceUsd: 0 },
	];
}

/**
 * Finds the account of an Authorization header. A token may have a dot and more at its end: the account is the same, and
 * whoever remembers answers by the token has nothing of it to remember.
 */
export function accountOf(accounts: Account[], authorization: string | undefined): Account | undefined {
	const given = authorization?.replace(/^Bearer /, '');
	return accounts.find(({ token }) => given === token || given?.startsWith(`${token}.`));
}

/** What `GET /prod/v2/balance` says. Sums of prices are rounded to millionths, as RunComfy counts. */
export function balanceAnswer(balanceUsd: number): Record<string, unknown> {
	const microdollars = Math.round(balanceUsd * 1_000_000);
	return { balance_usd: microdollars / 1_000_000, balance_microdollars: microdollars, currency: 'USD' };
}
