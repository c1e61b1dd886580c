import { parseDeploymentId } from '../../nodes/RunComfy/deployment/deploymentId';

const ID = '1f0e9d8c-0000-4abc-9def-0123456789ab';
const OTHER = '2f0e9d8c-0000-4abc-9def-0123456789ab';

describe('the Deployment parameter', () => {
	it.each([
		ID,
		` ${ID}\n`,
		ID.toUpperCase(),
		`https://www.runcomfy.com/deployments/${ID}`,
		`www.runcomfy.com/de/deployments/${ID}/`,
		`https://www.runcomfy.com/profile/apis?tab=1#${ID}`,
		`https://www.runcomfy.com/workspace/${OTHER}/deployment/${ID}?x=1`,
		`https://api.runcomfy.net/prod/v2/deployments/${ID}/requests/${OTHER}/status`,
		`https://www.runcomfy.com/a/${ID}/b/${ID}`,
	])('takes %j', (value) => {
		expect(parseDeploymentId(value)).toBe(ID);
	});

	it.each([
		[undefined, 'No deployment is selected'],
		[null, 'No deployment is selected'],
		['  ', 'No deployment is selected'],
		[7, 'No deployment is selected'],
		[`${ID}0`, "isn't a deployment ID"],
		[`my ${ID}`, "isn't a deployment ID"],
		[`https://runcomfy.com.evil.example/deployments/${ID}`, "isn't a RunComfy URL"],
		[`https://evil.example/?u=runcomfy.com/deployments/${ID}`, "isn't a RunComfy URL"],
		[`ftp://www.runcomfy.com/${ID}`, "isn't a deployment ID"],
		[`https://www.runcomfy.com/a/${ID}/b/${OTHER}`, 'contains several IDs'],
		[`https://www.runcomfy.com/a/x${ID}`, "doesn't contain a deployment ID"],
		['https://www.runcomfy.com/de/playground/x/y', 'is the page of a model'],
	])('refuses %j', (value, message) => {
		expect(() => parseDeploymentId(value)).toThrow(message);
	});

	it('shows no more than the beginning of what was entered', () => {
		const message = (() => {
			try {
				return parseDeploymentId('x'.repeat(10_000));
			} catch (error) {
				return (error as Error).message;
			}
		})();
		expect(message.length).toBeLessThan(200);
	});
});
