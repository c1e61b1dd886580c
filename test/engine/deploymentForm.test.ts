import type { ResourceMapperField } from 'n8n-workflow';

import { DEPLOYMENTS } from '../simulator/deployments/demoDeployments';
import { useControlledClock } from './support/controlledClock';
import { deploymentLocator, workflowFields } from './support/deploymentInput';
import { DURABLE_NODE, all, DurableRuns, named } from './support/durableRuns';
import { useBench } from './support/setup';

/* What the editor shows of a deployed workflow, and the durable wait for its requests. */
const bench = useBench();
const clock = useControlledClock();

const form = async (deployment: unknown) => {
	const context = bench.engine.loadOptions({ deployment } as never, bench.credential());
	return await bench.engine.nodeType.methods!.resourceMapping!.getWorkflowInputFields!.call(context);
};
const titles = (fields: ResourceMapperField[]) => fields.map(({ displayName }) => displayName);

describe('the form of a deployed workflow', () => {
	it('has the fields of its author first, then the others to be added, and nothing filled in', async () => {
		const { fields } = await form(deploymentLocator());
		const shown = fields.filter(({ removed }) => removed !== true);

		expect(titles(shown)).toEqual([
			expect.stringMatching(/^CLIP Text Encode \(Prompt\), positive: text/),
			expect.stringMatching(/^KSampler: seed/),
		]);
		expect(titles(fields).some((title) => /^KSampler: steps \(1 to 10000, now 20\)$/.test(title))).toBe(true);
		expect(fields.filter(({ defaultValue }) => defaultValue !== undefined)).toEqual([]);
	});

	it('is read from the cache while its version stays, and anew when it moves', async () => {
		await form(deploymentLocator());
		await form(deploymentLocator());
		expect(bench.simulator.calls('deployment')).toHaveLength(1);
		const deployment = bench.simulator.platform.of(DEPLOYMENTS.textToImage);
		const { workflow_version: version, updated_at: date } = deployment;
		Object.assign(deployment, { workflow_version: 'v3', updated_at: '2026-11-01T08:00:00Z' });
		await clock.pass(61_000);
		await form(deploymentLocator());
		Object.assign(deployment, { workflow_version: version, updated_at: date });

		expect(bench.simulator.calls('deployment')).toHaveLength(2);
		expect(bench.simulator.calls('objectInfo')).toHaveLength(2);
	});

	it.each<[string, unknown, string]>([
		['no deployment', { __rl: true, mode: 'list', value: '' }, 'Select a deployment'],
		['an expression', '={{ $json.id }}', 'comes from an expression'],
		['a name', deploymentLocator('my workflow'), "isn't a deployment ID"],
		['a LoRA', deploymentLocator(DEPLOYMENTS.lora), 'has no ComfyUI workflow'],
		['one of another account', deploymentLocator(DEPLOYMENTS.foreign), 'RunComfy has no deployment'],
	])('has no fields for %s, and says why', async (_what, deployment, notice) => {
		expect(await form(deployment)).toEqual({ fields: [], emptyFieldsNotice: expect.stringContaining(notice) });
	});

	it('offers its media inputs for Binary Inputs', async () => {
		const deployment = deploymentLocator(DEPLOYMENTS.imageToVideo);
		const context = bench.engine.loadOptions({ deployment }, bench.credential());
		const options = await bench.engine.nodeType.methods!.loadOptions!.getWorkflowMediaInputs!.call(context);
		expect(options.map(({ value }) => value)).toContainEqual(expect.stringMatching(/\.image$/));
	});

	it('offers its texts for Text Inputs, also those without a field in the form', async () => {
		const context = bench.engine.loadOptions({ deployment: deploymentLocator() }, bench.credential());
		const options = await bench.engine.nodeType.methods!.loadOptions!.getWorkflowTextInputs!.call(context);
		expect(options[0]).toEqual({ name: 'CLIP Text Encode (Prompt), positive: text', value: '6.text' });
		expect(options.map(({ value }) => value)).toContain('7.text');
		expect(options.map(({ value }) => value)).not.toContain('3.seed');
	});
});

describe('the durable wait for deployments', () => {
	it('submits, goes round, and returns the files with the items', async () => {
		const runs = new DurableRuns(bench);
		bench.simulator.settings.plan.runMs = 300_000;
		const parameters = workflowFields({ '6.text': '={{ $json.name }}' }, { downloadOutput: true, watchSeconds: 0 });
		const settings = { parameters };
		const { execution, waits } = await runs.untilOver(settings, await runs.start(settings, named(5)));
		bench.simulator.settings.plan.runMs = 0;

		expect(execution.error(DURABLE_NODE)).toBeUndefined();
		expect(waits).toBeGreaterThan(1);
		expect(bench.simulator.platform.accepted).toHaveLength(5);
		const texts = new Map(
			bench.simulator.platform.accepted.map(({ id, graph }) => [id, graph?.['6']?.inputs.text]),
		);
		for (const json of all(execution, 'Done')) {
			expect(texts.get(String(json.request_id))).toBe(json.name);
			expect(json.deployment_id).toBe(DEPLOYMENTS.textToImage);
		}
		expect(execution.items('Done')[0]?.binary).toHaveProperty('data');
	});

	it('waits for requests that were submitted before', async () => {
		bench.simulator.nextPlans.push({ runMs: 200_000 });
		const submit = await bench.run(workflowFields({ '6.text': 'x' }, { operation: 'submit' }));
		const runs = new DurableRuns(bench);
		const parameters = {
			resource: 'deploymentRequest',
			operation: 'wait',
			deployment: '={{ $json.deployment_id }}',
			requestId: '={{ $json.request_id }}',
		};
		const items = submit.items('RunComfy').map(({ json }) => ({ json }));
		const { execution } = await runs.untilOver({ parameters }, await runs.start({ parameters }, items));

		expect(all(execution, 'Done')).toMatchObject([{ status: 'succeeded', deployment_id: DEPLOYMENTS.textToImage }]);
	});
});

describe('Stop and agents', () => {
	it('Stop cancels what a deployment still has in its queue', async () => {
		bench.simulator.nextPlans.push({ queueMs: 6_000_000 });
		const pending = bench.engine.start(bench.workflow(workflowFields({ '6.text': 'x' })), {
			credential: bench.credential(),
		});
		await clock.until('the first poll', () => bench.simulator.calls('status').length > 0);
		pending.cancel();
		await clock.until('the cancel', () => bench.simulator.calls('cancel').length === 1);
		await clock.until('its effect', () => bench.simulator.platform.accepted[0]?.cancelledAt !== undefined);
	});
});
