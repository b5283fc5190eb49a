# A queue for sqs2pg with all that belongs to it: the dead-letter queue, the key that both are encrypted
# with, the role that loads, and the alarms (alarms.tf). README.md shows how it is used.

locals {
  # The queue's ARN tells the region, whatever the provider's version calls it.
  region = split(":", aws_sqs_queue.events.arn)[3]

  # The one text of the rights is deploy/iam-policy.json. The names in it are examples, and give way to
  # the real ones; that of the dead-letter queue first, as it begins like the queue's.
  example     = file("${path.module}/../iam-policy.json")
  dead_letter = replace(local.example, "arn:aws:sqs:eu-central-1:123456789012:logins-dlq", aws_sqs_queue.dead_letter.arn)
  queue       = replace(local.dead_letter, "arn:aws:sqs:eu-central-1:123456789012:logins", aws_sqs_queue.events.arn)
  key         = replace(local.queue, "arn:aws:kms:eu-central-1:123456789012:key/00000000-0000-0000-0000-000000000000", aws_kms_key.queue.arn)
  policy      = replace(local.key, "sqs.eu-central-1.amazonaws.com", "sqs.${local.region}.amazonaws.com")
}

# Its policy is KMS's own: the account decides by IAM. A service that sends to the queue (SNS,
# EventBridge, S3) must be named in the key's policy beside that.
resource "aws_kms_key" "queue" {
  description             = "Messages of ${var.name}"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  tags                    = var.tags
}

resource "aws_kms_alias" "queue" {
  name          = "alias/sqs2pg-${var.name}"
  target_key_id = aws_kms_key.queue.key_id
}

resource "aws_sqs_queue" "dead_letter" {
  name                      = "${var.name}-dlq"
  message_retention_seconds = 1209600
  kms_master_key_id         = aws_kms_key.queue.arn
  tags                      = var.tags
}

resource "aws_sqs_queue" "events" {
  name                       = var.name
  message_retention_seconds  = 1209600
  visibility_timeout_seconds = var.visibility_timeout
  receive_wait_time_seconds  = 20
  kms_master_key_id          = aws_kms_key.queue.arn
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead_letter.arn
    maxReceiveCount     = var.max_receive_count
  })
  tags = var.tags
}

resource "aws_sqs_queue_redrive_allow_policy" "dead_letter" {
  queue_url = aws_sqs_queue.dead_letter.id
  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [aws_sqs_queue.events.arn]
  })
}

data "aws_iam_policy_document" "trust" {
  dynamic "statement" {
    for_each = length(var.trusted_services) > 0 ? [var.trusted_services] : []
    content {
      # EKS Pod Identity names its session by tags.
      actions = ["sts:AssumeRole", "sts:TagSession"]
      principals {
        type        = "Service"
        identifiers = statement.value
      }
    }
  }

  dynamic "statement" {
    for_each = var.oidc_provider_arn == null ? [] : [var.oidc_provider_arn]
    content {
      actions = ["sts:AssumeRoleWithWebIdentity"]
      principals {
        type        = "Federated"
        identifiers = [statement.value]
      }
      condition {
        test     = "StringEquals"
        variable = "${split(":oidc-provider/", statement.value)[1]}:sub"
        values   = ["system:serviceaccount:${var.service_account}"]
      }
      condition {
        test     = "StringEquals"
        variable = "${split(":oidc-provider/", statement.value)[1]}:aud"
        values   = ["sts.amazonaws.com"]
      }
    }
  }
}

resource "aws_iam_role" "loader" {
  name               = "sqs2pg-${var.name}"
  assume_role_policy = data.aws_iam_policy_document.trust.json
  tags               = var.tags
}

resource "aws_iam_role_policy" "loader" {
  name   = "load"
  role   = aws_iam_role.loader.id
  policy = local.policy
}
