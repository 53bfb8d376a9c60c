import { libavEngine } from '../../support/extraction.ts';
import { describeExtraction } from '../../support/extraction-suite.ts';

describeExtraction('LibavEngine', libavEngine);
