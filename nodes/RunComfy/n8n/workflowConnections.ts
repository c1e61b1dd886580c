import type { IConnections, IExecuteFunctions, INode } from 'n8n-workflow';

/** What n8n's own classes hold beside what the type for nodes names: the same in n8n 1.123 and 2.x. */
interface Internals {
	workflow?: { connectionsBySourceNode?: IConnections; getNode?: (name: string) => INode | null };
	runExecutionData?: { startData?: { destinationNode?: string | { nodeName?: string } } } | null;
}

/** A node's place in the workflow, of which n8n tells nodes only the parents and children and not the outputs. */
export class WorkflowConnections {
	private readonly name: string;

	private readonly internals: Internals;

	constructor(private readonly context: IExecuteFunctions) {
		this.name = context.getNode().name;
		this.internals = context as unknown as Internals;
	}

	/** Whether the connections can be read. Where n8n has changed, nothing may rely on them. */
	get isReadable(): boolean {
		return typeof this.internals.workflow?.connectionsBySourceNode === 'object';
	}

	/** The nodes that an output leads to directly. */
	targetsOf(output: number): string[] {
		return this.outputsOf(this.name)[output] ?? [];
	}

	/** All nodes that an output leads to without passing through this node. */
	reachableFrom(output: number): Set<string> {
		const reachable = new Set<string>();
		const queue = this.targetsOf(output);
		for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
			if (reachable.has(name)) continue;
			reachable.add(name);
			if (name !== this.name) queue.push(...this.outputsOf(name).flat());
		}
		return reachable;
	}

	/** The node whose items this run of the node got. */
	get previousNode(): string | undefined {
		try {
			return this.context.getInputSourceData().previousNode;
		} catch {
			return undefined;
		}
	}

	/** Whether a person runs this node alone: n8n then follows no output, so nothing could come back. */
	get isLastToRun(): boolean {
		const destination = this.internals.runExecutionData?.startData?.destinationNode;
		return (typeof destination === 'string' ? destination : destination?.nodeName) === this.name;
	}

	/** Where a node is on the canvas, from the top. n8n runs higher nodes first. */
	heightOf(name: string): number {
		return this.internals.workflow?.getNode?.(name)?.position[1] ?? 0;
	}

	private outputsOf(name: string): string[][] {
		const connections = this.internals.workflow?.connectionsBySourceNode ?? {};
		const outputs = Object.hasOwn(connections, name) ? (connections[name]?.main ?? []) : [];
		return outputs.map((targets) => (targets ?? []).filter(({ type }) => type === 'main').map(({ node }) => node));
	}
}
