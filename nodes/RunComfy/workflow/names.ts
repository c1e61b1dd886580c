import { truncate, withoutMarkup } from '../shared/text';
import type { WorkflowGraph } from './graph';
import type { NodeClass } from './objectInfo';
import type { PromptRole } from './roles';

/*
 * What nodes and their inputs are called: `nodeNames(graph, …)`, `fieldTitle(name, inputName)`, `placeName(…)`, and the order
 * of node ids: `compareNodeIds`.
 */

/** What a person reads of a node. */
export interface NodeName {
	title: string;
	/** The role or the id, where other nodes have the same title; else empty. */
	suffix: string;
	/** Whether the author marked the node to be shown: its title begins with `n8n:` or `input:`. */
	isMarked: boolean;
	/** Whether the name has the id of the node already. */
	hasId: boolean;
}

/** Longer names push the name of the input out of a label. Characters. */
const MAX_NODE_NAME = 40;
const MAX_TITLE = 60;

const MARK = /^\s*(?:n8n|input)\s*:\s*/i;

/**
 * The names of nodes. A title is that of the author, else the display name of the class, else the class. Nodes that share
 * a title are distinguished by their role, and by their id where that is not enough.
 *
 * @param ids of the nodes that appear in the form: others need not differ from them
 */
export function nodeNames(
	graph: WorkflowGraph,
	ids: Iterable<string>,
	classes: ReadonlyMap<string, NodeClass>,
	roles: ReadonlyMap<string, PromptRole>,
): Map<string, NodeName> {
	const titles = new Map<string, { title: string; isMarked: boolean }>();
	for (const id of ids) {
		const node = graph.nodes.get(id);
		if (node === undefined) continue;
		const displayName = classes.get(node.classType)?.display_name;
		const isMarked = MARK.test((node.title ?? '').slice(0, MAX_READ));
		const own = folded((node.title ?? '').slice(0, MAX_READ).replace(MARK, ''));
		const other = typeof displayName === 'string' ? folded(displayName) : '';
		titles.set(id, {
			title: truncate(own || other || folded(node.classType) || `Node ${id}`, MAX_NODE_NAME),
			isMarked,
		});
	}
	const byTitle = countsOf([...titles.values()].map(({ title }) => title));
	const withRole = (id: string, title: string) => {
		const role = roles.get(id);
		return role === undefined ? title : `${title}, ${role}`;
	};
	const byRole = countsOf([...titles].map(([id, { title }]) => withRole(id, title)));
	return new Map(
		[...titles].map(([id, { title, isMarked }]) => {
			const isShared = (byTitle.get(title.toLowerCase()) ?? 0) > 1;
			const role = isShared ? withRole(id, title).slice(title.length) : '';
			const hasId = isShared && (byRole.get(`${title}${role}`.toLowerCase()) ?? 0) > 1;
			return [id, { title, suffix: `${role}${hasId ? idText(id) : ''}`, isMarked, hasId }];
		}),
	);
}

/** More of a title is not read: it may have any length. */
const MAX_READ = 1_000;

/** In one line, and without what the editor would take for markup. */
export function folded(text: string): string {
	return withoutMarkup(text.slice(0, MAX_READ).replace(/[\s\p{Cc}]+/gu, ' ')).trim();
}

function countsOf(texts: string[]): Map<string, number> {
	const counts = new Map<string, number>();
	for (const text of texts) counts.set(text.toLowerCase(), (counts.get(text.toLowerCase()) ?? 0) + 1);
	return counts;
}

/** Longer names of inputs are cut. Characters. */
const MAX_INPUT_NAME = 30;
/** So much of a title stays, however long the rest is. Characters. */
const MIN_TITLE = 12;

/** The title of a field, such as `KSampler: steps`; a node that is named like its input is named once. */
export function fieldTitle({ title, suffix }: NodeName, inputName: string): string {
	const input = truncate(folded(inputName), MAX_INPUT_NAME);
	if (lettersOf(title) === lettersOf(inputName)) return `${title}${suffix}`;
	const room = MAX_TITLE - suffix.length - input.length - ': '.length;
	return `${truncate(title, Math.max(MIN_TITLE, room - 1))}${suffix}: ${input}`;
}

function lettersOf(text: string): string {
	return text
		.slice(0, MAX_TITLE)
		.toLowerCase()
		.replace(/[\s_-]+/g, '');
}

/** The same for a message, which always has the id: `KSampler #3: steps`. */
export function placeName({ title, suffix, hasId }: NodeName, nodeId: string, inputName: string): string {
	return `${title}${suffix}${hasId ? '' : idText(nodeId)}: ${truncate(folded(inputName), MAX_INPUT_NAME)}`;
}

function idText(id: string): string {
	return ` #${truncate(id, MAX_INPUT_NAME)}`;
}

/** Numbers before words, part by part: `9`, `57`, `57:3`, `57:27`, `split_sigmas`. */
export function compareNodeIds(one: string, other: string): number {
	const [first, second] = [one.split(':'), other.split(':')];
	for (let at = 0; at < Math.min(first.length, second.length); at += 1) {
		const order = compareParts(first[at] ?? '', second[at] ?? '');
		if (order !== 0) return order;
	}
	return first.length - second.length;
}

function compareParts(one: string, other: string): number {
	const [first, second] = [/^\d{1,15}$/.test(one), /^\d{1,15}$/.test(other)];
	if (first && second) return Number(one) - Number(other);
	if (first !== second) return first ? -1 : 1;
	return one < other ? -1 : one > other ? 1 : 0;
}
