import type { ILoadOptionsFunctions } from 'n8n-workflow';

import { systemClock } from '../../../nodes/RunComfy/shared/clock';
import { openTransport, type ApiTransport } from '../../../nodes/RunComfy/transport/apiTransport';
import type { Bench } from './setup';

/** A transport over n8n's own helpers to the simulator of a bench, for what no operation reaches yet. */
export async function openTestTransport(bench: Bench, token?: string): Promise<ApiTransport> {
	const context = bench.engine.loadOptions({}, bench.credential(token)) as unknown as ILoadOptionsFunctions;
	return await openTransport(context, systemClock);
}

/** What a promise is rejected with. @throws Error when it is not */
export async function failureOf(work: Promise<unknown>): Promise<unknown> {
	try {
		await work;
	} catch (error) {
		return error;
	}
	throw new Error('It did not fail');
}
