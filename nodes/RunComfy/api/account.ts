import { expectObject, unexpectedShape } from '../failures/apiFailure';
import type { ApiTransport } from '../transport/apiTransport';

/** The account's balance: one wallet for all of RunComfy's products, which may be 0 or negative. */
export interface Balance {
	balanceUsd: number;
	currency: string;
}

/** Reads the balance (free; seen in RunComfy's own clients). @throws RunComfyFailure */
export async function readBalance(transport: ApiTransport, signal?: AbortSignal): Promise<Balance> {
	const subject = { purpose: 'account' as const };
	const outcome = await transport.read({ method: 'GET', api: 'platformApi', path: '/prod/v2/balance', signal });
	const response = expectObject(outcome, subject);
	const { balance_usd: balanceUsd, currency } = response;
	if (typeof balanceUsd !== 'number' || !Number.isFinite(balanceUsd)) throw unexpectedShape(subject, 'balance_usd');
	if (typeof currency !== 'string') throw unexpectedShape(subject, 'currency');
	return { balanceUsd, currency };
}
