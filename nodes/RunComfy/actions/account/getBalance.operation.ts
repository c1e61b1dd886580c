import type { INodeProperties } from 'n8n-workflow';

import { readBalance } from '../../api/account';
import type { ItemContext } from '../../execution/itemContext';
import type { OutputItem } from '../../execution/runItems';

export const description: INodeProperties[] = [];

export async function execute(item: ItemContext): Promise<OutputItem[]> {
	const { balanceUsd, currency } = await readBalance(item.transport, item.signal);
	return [{ json: { balance_usd: balanceUsd, currency } }];
}
