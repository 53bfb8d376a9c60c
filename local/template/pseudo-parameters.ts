import { ACCOUNT_ID, PARTITION, REGION, URL_SUFFIX } from '../constants.ts';

/** The pseudo parameters (`AWS::…`) that are the same in every stack. */
export const PSEUDO_PARAMETERS: Readonly<Record<string, string>> = {
  'AWS::Region': REGION,
  'AWS::AccountId': ACCOUNT_ID,
  'AWS::Partition': PARTITION,
  'AWS::URLSuffix': URL_SUFFIX,
  'AWS::StackId': `arn:${PARTITION}:cloudformation:${REGION}:${ACCOUNT_ID}:stack/local`,
};
