output "queue_url" {
  description = "For SQS_QUEUE_URL."
  value       = aws_sqs_queue.events.url
}

output "queue_arn" {
  description = "For the senders."
  value       = aws_sqs_queue.events.arn
}

output "dead_letter_queue_url" {
  description = "Holds messages that were never loaded."
  value       = aws_sqs_queue.dead_letter.url
}

output "key_arn" {
  description = "Senders need kms:GenerateDataKey and kms:Decrypt on it."
  value       = aws_kms_key.queue.arn
}

output "role_arn" {
  description = "For the service account, the task or the instance."
  value       = aws_iam_role.loader.arn
}
