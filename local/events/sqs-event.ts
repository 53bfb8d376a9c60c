import type { Message, MessageAttributeValue } from '@aws-sdk/client-sqs';
import type { SQSEvent, SQSMessageAttribute, SQSRecord } from 'aws-lambda';
import { REGION } from '../constants.ts';

/** A received message that has an id and a receipt handle. */
export interface ReceivedMessage {
  readonly id: string;
  readonly receiptHandle: string;
  readonly message: Message;
}

/** Keeps the messages that have an id and a receipt handle. SQS sends no others. */
export const receivedMessages = (messages: readonly Message[] | undefined): ReceivedMessage[] =>
  (messages ?? []).flatMap((message) => {
    const { MessageId, ReceiptHandle } = message;
    if (MessageId === undefined || ReceiptHandle === undefined) return [];
    return [{ id: MessageId, receiptHandle: ReceiptHandle, message }];
  });

/** The event with which Lambda invokes a function for messages of one queue. */
export const sqsEvent = (messages: readonly ReceivedMessage[], queueArn: string): SQSEvent => ({
  Records: messages.map((message) => recordOf(message, queueArn)),
});

const recordOf = ({ id, receiptHandle, message }: ReceivedMessage, queueArn: string): SQSRecord => {
  const { Attributes = {}, MessageAttributes = {}, Body = '', MD5OfBody = '' } = message;
  return {
    messageId: id,
    receiptHandle,
    body: Body,
    attributes: {
      ...Attributes,
      ApproximateReceiveCount: Attributes.ApproximateReceiveCount ?? '1',
      SentTimestamp: Attributes.SentTimestamp ?? '0',
      SenderId: Attributes.SenderId ?? '',
      ApproximateFirstReceiveTimestamp: Attributes.ApproximateFirstReceiveTimestamp ?? '0',
    },
    messageAttributes: Object.fromEntries(
      Object.entries(MessageAttributes).map(([name, value]) => [name, attributeOf(value)]),
    ),
    md5OfBody: MD5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: REGION,
  };
};

const attributeOf = (value: MessageAttributeValue): SQSMessageAttribute => ({
  ...(value.StringValue === undefined ? {} : { stringValue: value.StringValue }),
  ...(value.BinaryValue === undefined
    ? {}
    : { binaryValue: Buffer.from(value.BinaryValue).toString('base64') }),
  stringListValues: [],
  binaryListValues: [],
  dataType: value.DataType === 'Number' || value.DataType === 'Binary' ? value.DataType : 'String',
});
