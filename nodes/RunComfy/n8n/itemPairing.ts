import type { IExecuteFunctions, INodeExecutionData, IPairedItemData, ISourceData } from 'n8n-workflow';

/**
 * The item that this node put out in an earlier run and that an incoming item comes from, by n8n's own pairing of items;
 * undefined where there is none, or n8n cannot tell.
 */
export function earlierOutputOf(context: IExecuteFunctions, itemIndex: number): INodeExecutionData | undefined {
	try {
		const { $getPairedItem: getPairedItem } = context.getWorkflowDataProxy(itemIndex) as {
			$getPairedItem?: (name: string, source: ISourceData, item: IPairedItemData) => INodeExecutionData | null;
		};
		const source = context.getInputSourceData();
		return getPairedItem?.(context.getNode().name, source, { item: itemIndex }) ?? undefined;
	} catch {
		return undefined;
	}
}
