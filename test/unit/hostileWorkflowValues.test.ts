import { checkWorkflowValues } from '../../nodes/RunComfy/workflow/checkValues';
import { readWorkflowJson } from '../../nodes/RunComfy/workflow/workflowJson';
import { workflowOf } from '../support/workflows';

const workflow = workflowOf('sdxl-text-to-image', 'new');

describe('thousands of wrong ids', () => {
	it.each([
		['nodes', (index: number) => `an unknown node ${index}.text`, 'The workflow has'],
		['inputs', (index: number) => `6.an unknown input ${index}`, 'Its inputs are'],
	])('of %s are all listed, and the first of them explained', (_what, idOf, explanation) => {
		const values = Object.fromEntries(Array.from({ length: 3_000 }, (_, index) => [idOf(index), 'a cat']));
		const { problems } = checkWorkflowValues(workflow, readWorkflowJson(workflow.graph, values));

		expect(problems).toHaveLength(3_000);
		expect(problems.filter(({ sentence }) => sentence.includes(explanation))).toHaveLength(5);
	});
});

it.each(['', ', "3.seed": 18446744073709551615'])('JSON that is nested without end is refused%s', (more) => {
	const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
	expect(() => readWorkflowJson(workflow.graph, `{"6.text": ${deep}${more}}`)).toThrow(
		'Input (JSON) is nested too deep',
	);
});

it('JSON that breaks behind many lines is refused with the place', () => {
	expect(() => readWorkflowJson(workflow.graph, `{${'\n'.repeat(10_000)}  x`)).toThrow('line 10001, column 3');
});
