import type { INodeProperties } from 'n8n-workflow';

import { readBalance } from '../../api/account';
import type { Run } from '../../execution/run';
import type { OutputItem } from '../../execution/runItems';

export const description: INodeProperties[] = [];

export async function execute(run: Run): Promise<OutputItem[]> {
	const { balanceUsd, currency } = await readBalance(run.transport, run.signal);
	return [{ json: { balance_usd: balanceUsd, currency } }];
}
