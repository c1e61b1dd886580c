import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';

import { isN8n1, OWNER } from '../e2e/n8nRest';
import { until } from '../support/until';

/** Those of the README, unless a person who looks through both majors wants them elsewhere. */
const IMAGES = process.env.RUNCOMFY_SCREENSHOTS ?? resolve(__dirname, '..', '..', 'docs', 'images');

/** A browser that does nothing on its own: its calls home would be refused on a closed network. */
const QUIET = [
	'--no-sandbox',
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
];

/** n8n's editor in a real browser, as a person uses it. */
export class Editor {
	private constructor(
		private readonly browser: Browser,
		private readonly page: Page,
		private readonly url: string,
	) {}

	/** Opens the browser and logs in. */
	static async open(url: string): Promise<Editor> {
		const browser = await chromium.launch({ executablePath: process.env.RUNCOMFY_BROWSER, args: QUIET });
		const page = await browser.newPage({ viewport: { width: 1440, height: 1000 } });
		page.setDefaultTimeout(20_000);
		await page.goto(`${url}/signin`);
		await page.fill('input[name=emailOrLdapLoginId], input[type=email]', OWNER.email);
		await page.fill('input[type=password]', OWNER.password);
		await page.click('button:has-text("Sign in")');
		await page.waitForURL((target) => !target.pathname.startsWith('/signin'));
		return new Editor(browser, page, url);
	}

	async close(): Promise<void> {
		await this.browser.close();
	}

	/** Pastes a workflow on the canvas. */
	async paste(text: string): Promise<void> {
		await this.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
		await this.page.evaluate(
			async (copied) =>
				await (
					globalThis as unknown as {
						navigator: { clipboard: { writeText(text: string): Promise<void> } };
					}
				).navigator.clipboard.writeText(copied),
			text,
		);
		await this.page.keyboard.press('Control+V');
	}

	/** Opens the panel of a node of a workflow. */
	async openNode(workflowId: string, nodeName: string): Promise<void> {
		await this.page.goto(`${this.url}/workflow/${workflowId}`);
		await this.openNodeHere(nodeName);
	}

	/** Opens the panel of a node of the workflow on the screen, with the data of its last run. */
	async openNodeHere(nodeName: string): Promise<void> {
		await this.page.dblclick(`[data-test-id="canvas-node"]:has-text("${nodeName}")`);
		await this.page.waitForSelector(this.field('operation'));
	}

	/** Opens a node of a workflow that is on the screen. @returns milliseconds until the form shows a label */
	async timeToOpen(workflowId: string, nodeName: string, label: string): Promise<number> {
		await this.openWorkflow(workflowId);
		const startedAt = performance.now();
		await this.page.dblclick(`[data-test-id="canvas-node"]:has-text("${nodeName}")`);
		await this.page
			.locator('[data-test-id="mapping-fields-container"]')
			.getByText(label, { exact: true })
			.waitFor();
		return performance.now() - startedAt;
	}

	/** Opens a workflow, with all of it on the screen. */
	async openWorkflow(workflowId: string): Promise<void> {
		await this.page.goto(`${this.url}/workflow/${workflowId}`);
		await this.page.waitForSelector('[data-test-id="canvas-node"]');
		await this.page.waitForTimeout(800);
		await this.page.keyboard.press('1');
		await this.page.waitForTimeout(500);
	}

	/** Starts an empty workflow with a manual trigger, by clicks alone. */
	async newWorkflow(): Promise<void> {
		await this.page.goto(`${this.url}/workflow/new`);
		await this.page.click('[data-test-id="canvas-plus-button"]');
		await this.page.getByText('Trigger manually').first().click();
		await this.page.waitForSelector('[data-test-id="canvas-node"]');
		await this.page.waitForTimeout(500);
	}

	/** What the panel of nodes shows for a search. */
	async searchNodes(text: string): Promise<string> {
		const search = this.page.getByPlaceholder('Search nodes...');
		if (!(await search.isVisible())) await this.page.click('[data-test-id="node-creator-plus-button"]');
		await search.fill(text);
		await this.page.waitForTimeout(600);
		return await this.page.locator('[data-test-id="node-creator"]').innerText();
	}

	/** Adds a node that the search found; its panel opens. */
	async addFoundNode(name: string): Promise<void> {
		await this.page.locator('[data-test-id="node-creator"]').getByText(name, { exact: true }).first().click();
		await this.page.getByText('Add to workflow').click();
		await this.page.waitForSelector(this.field('operation'));
	}

	/** Closes the open panel. */
	async closeNode(): Promise<void> {
		await this.page.keyboard.press('Escape');
		await this.page.waitForTimeout(500);
	}

	/** What a node shows below its icon. */
	async nodeOnCanvas(nodeName: string): Promise<string> {
		return await this.page.locator(`[data-test-id="canvas-node"]:has-text("${nodeName}")`).innerText();
	}

	/** Opens the form of a new credential for the open node. */
	async newCredential(): Promise<void> {
		await this.page
			.locator('[data-test-id="node-credentials-select"], [data-test-id="setup-credentials-button"]')
			.first()
			.click();
		const form = this.page.locator('[data-test-id="credential-save-button"]');
		// Where there are other credentials already, a list opens first.
		const create = this.page.getByText(/create new credential|set up credential/i).last();
		await form.or(create).first().waitFor();
		if (!(await form.isVisible())) await create.click();
		await form.waitFor();
	}

	/** Where the open credential leads to. */
	async linksOfCredential(): Promise<string[]> {
		return await this.page
			.locator('[data-test-id="editCredential-modal"] a[href]')
			.evaluateAll((links) => links.map((link) => String((link as unknown as { href: string }).href)));
	}

	/** Fills a field of the open credential. */
	async fillCredential(name: string, value: string): Promise<void> {
		await this.page
			.locator(`[data-test-id="editCredential-modal"] ${this.field(name)} input`)
			.first()
			.fill(value);
	}

	/** Turns a switch of the open credential on. */
	async switchOn(name: string): Promise<void> {
		await this.page
			.locator(
				`[data-test-id="editCredential-modal"] ${this.field(name)} .el-switch, [data-test-id="editCredential-modal"] ${this.field(name)} [role=switch]`,
			)
			.first()
			.click();
	}

	/** Saves the open credential, which tests it, and waits for what the form says then. */
	async saveCredential(notice: string | RegExp): Promise<void> {
		await this.page.click('[data-test-id="credential-save-button"]');
		const told = this.page.getByText(notice).first();
		// What is wrong stands behind a link.
		const details = this.page.getByText('More details');
		await told.or(details).first().waitFor();
		if (await details.isVisible()) await details.click();
		await told.waitFor();
	}

	/** Runs the whole workflow, and waits for n8n's notice with this text. */
	async runWorkflow(notice: string): Promise<void> {
		await this.page.keyboard.press('Control+Enter');
		await this.page.getByText(notice).first().waitFor({ timeout: 60_000 });
	}

	/** Starts the workflow, and stops it by its button once something is so. */
	async stopWorkflow(what: string, isReady: () => boolean): Promise<void> {
		await this.page.keyboard.press('Control+Enter');
		await until(what, isReady, 20);
		await this.page.click('[data-test-id="stop-execution-button"]');
		await this.page.getByText('Execution stopped').first().waitFor();
	}

	/** Opens the list of a workflow's executions, where n8n shows the last one. */
	async openExecutions(workflowId: string): Promise<void> {
		await this.page.goto(`${this.url}/workflow/${workflowId}/executions`);
		await this.page.waitForTimeout(3_000);
	}

	/** The names of a node's outputs on the canvas. */
	async outputLabels(nodeName: string): Promise<string[]> {
		const handles = this.page.locator(
			`[data-test-id="canvas-node"]:has-text("${nodeName}") [data-test-id="canvas-node-output-handle"]`,
		);
		return (await handles.allInnerTexts()).map((text) => text.trim().split('\n')[0] ?? '');
	}

	/** Opens or closes the panel of logs below the canvas, which n8n remembers. @returns its text */
	async toggleLogs(): Promise<string> {
		const close = this.page.locator('[data-test-id="logs-panel"] button:has(svg[data-icon="chevron-down"])').last();
		await ((await close.isVisible()) ? close : this.page.locator('[data-test-id="logs-overview-header"]')).click();
		await this.page.waitForTimeout(800);
		return await this.page.locator('[data-test-id="logs-panel"]').innerText();
	}

	/** Everything that can be read. */
	async text(): Promise<string> {
		// n8n 1.x shows an execution in a frame.
		const texts = await Promise.all(
			this.page.frames().map(async (frame) => await frame.locator('body').innerText()),
		);
		return texts.join('\n');
	}

	/** Opens the list of models, and searches it until it shows a name. */
	async searchModels(search: string, name: string): Promise<void> {
		await this.page.locator('[data-test-id="resource-locator-model"] input').nth(1).click();
		await this.page.keyboard.type(search);
		await this.page.locator('[data-test-id="rlc-item"]', { hasText: name }).last().waitFor();
	}

	/** Picks a model from the list, found by a text. */
	async pickModel(search: string, name: string): Promise<void> {
		await this.searchModels(search, name);
		await this.page.locator('[data-test-id="rlc-item"]', { hasText: name }).last().click();
	}

	/** Picks a deployment from the account's list. */
	async pickDeployment(name: string): Promise<void> {
		await this.page.locator('[data-test-id="resource-locator-deployment"] input').nth(1).click();
		await this.page.locator('[data-test-id="rlc-item"]', { hasText: name }).last().click();
	}

	/** The labels of the model's fields, once the one with this label is there. */
	async labels(expected: string): Promise<string[]> {
		const container = this.page.locator('[data-test-id="mapping-fields-container"]');
		await container.getByText(expected, { exact: true }).waitFor();
		// Below a label's own text stand its switches; the first label is that of the whole form.
		const labels = await container.locator('label').allInnerTexts();
		return labels
			.map((label) => label.trim().split('\n')[0] ?? '')
			.filter((label) => !['', 'Inputs', 'Fixed', 'Expression'].includes(label));
	}

	/** Waits for a notice in the form. */
	async notice(text: string): Promise<void> {
		await this.page.getByText(text).first().waitFor();
	}

	/** Enters a text or a number into a field of the model. */
	async fill(name: string, value: string): Promise<void> {
		const input = this.page.locator(`${this.field(name)} input, ${this.field(name)} textarea`).first();
		await input.fill(value);
		await input.blur();
	}

	/** Adds a text of several lines for an input, which is chosen by its title. */
	async addLongText(title: string, text: string): Promise<void> {
		await this.page.getByText('Add long text').last().click();
		await this.page.locator(this.field('text')).waitFor();
		await this.choose('field', title);
		await this.fill('text', text);
	}

	/** Turns a parameter or a field of the model into an expression, and pastes it. */
	async writeExpression(name: string, expression: string): Promise<void> {
		await this.page.locator(this.field(name)).first().hover();
		const container = ['', 'value["'].map(
			(prefix) => `[data-test-id='${prefix}${name}${prefix && '"]'}-parameter-input-options-container']`,
		);
		await this.page
			.locator(container.join(', '))
			.first()
			.locator('[data-test-id="radio-button-expression"]')
			.click();
		await this.page
			.locator(`${this.field(name)} .cm-content`)
			.first()
			.click();
		await this.page.keyboard.press('Control+A');
		await this.page.keyboard.insertText(`{{ ${expression} }}`);
		await this.page.locator('[data-test-id="output-panel"]').click();
	}

	/** Picks an entry of a dropdown field. */
	async choose(name: string, entry: string): Promise<void> {
		await this.page.click(`${this.field(name)} input`);
		await this.page.locator('.el-select-dropdown__item:visible').filter({ hasText: entry }).first().click();
	}

	/** Sets the open node to give items that failed to the next node, instead of ending the workflow. */
	async continueOnFail(): Promise<void> {
		await this.page.click('[data-test-id="tab-settings"]');
		await this.choose('onError', 'Continue');
		await this.page.click('[data-test-id="tab-params"]');
	}

	/** Adds an option of the open node by its name. */
	async addOption(name: string): Promise<void> {
		// n8n 1.x has no name for the list, which is the last one of the form.
		await this.page.locator('[data-test-id="collection-parameter-add"], .add-option .n8n-select').last().click();
		await this.page
			.locator('[data-test-id="collection-parameter-option"]:visible')
			.getByText(name, { exact: true })
			.click();
	}

	/** Runs what leads to the open node, so that its expressions have data. */
	async executePreviousNodes(): Promise<void> {
		await this.page.getByText('Execute previous nodes').click();
		await this.page.getByText('node executed, but no items').or(this.page.getByText('1 item')).first().waitFor();
	}

	/** Runs the node, and waits for n8n's notice with this text. */
	async execute(notice: string | RegExp): Promise<void> {
		// The editor saves what was entered a moment after it was entered.
		await this.page.waitForTimeout(500);
		await this.page.click('[data-test-id="node-execute-button"]');
		const told = this.page.getByText(notice).first();
		await told.waitFor({ timeout: 30_000 }).catch(async () => {
			throw new Error(`n8n does not say "${String(notice)}". The output panel shows:\n${await this.output()}`);
		});
	}

	/** The text of the output panel. */
	async output(): Promise<string> {
		return await this.page.locator('[data-test-id="output-panel"]').innerText();
	}

	/** Shows the node's data in another way. */
	async showOutput(tab: 'Schema' | 'Table' | 'JSON' | 'Binary'): Promise<void> {
		await this.page.locator('[data-test-id="output-panel"]').getByText(tab, { exact: true }).first().click();
		await this.page.waitForTimeout(300);
	}

	/** The names of the files in the Binary tab, in the order of the items. */
	async fileNames(): Promise<string[]> {
		await this.showOutput('Binary');
		return [...(await this.output()).matchAll(/File Name:\s*\n\s*(.+)/g)].map((match) => match[1]!.trim());
	}

	/** What n8n says beside the node's data. */
	async hints(): Promise<string[]> {
		return await this.page.locator('[data-test-id="node-hint"]').allInnerTexts();
	}

	/** Shows the file of the output panel. @returns what the browser makes of it: pixels, and seconds where it is a video */
	async viewFile(): Promise<{ width: number; height: number; seconds?: number }> {
		await this.page.click('[data-test-id="output-panel"] [data-test-id="ndv-view-binary-data"]');
		const media = this.page
			.locator('[data-test-id="output-panel"] :is(video, img[src*="binary-data"], img[src^="data:image"])')
			.first();
		await media.waitFor();
		await this.page.waitForTimeout(1_500);
		return await media.evaluate((element) => {
			const shown = element as unknown as Record<string, number | undefined>;
			const { videoWidth, videoHeight, naturalWidth = 0, naturalHeight = 0, duration = 0 } = shown;
			if (videoWidth === undefined || videoHeight === undefined)
				return { width: naturalWidth, height: naturalHeight };
			return { width: videoWidth, height: videoHeight, seconds: Math.round(duration) };
		});
	}

	/** Saves what is on the screen, for the README, which shows n8n 2; of n8n 1 only where a folder is named for it. */
	async screenshot(name: string): Promise<void> {
		if (isN8n1() && process.env.RUNCOMFY_SCREENSHOTS === undefined) return;
		mkdirSync(IMAGES, { recursive: true });
		await this.page.waitForTimeout(600);
		await this.page.screenshot({ path: join(IMAGES, `${name}.png`) });
	}

	private field(name: string): string {
		return `[data-test-id="parameter-input-${name}"]`;
	}
}
