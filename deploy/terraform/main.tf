# A queue for sqs2pg with its dead-letter queue, the key that encrypts both, the role for loading, and
# the alarms (alarms.tf). README.md shows its use.

locals {
  # The queue's ARN has the region, under every version of the provider.
  region = split(":", aws_sqs_queue.events.arn)[3]

  # deploy/iam-policy.json is the only text of the rights. Its example names are replaced with the real
  # ones. The dead-letter queue comes first, because its name begins like that of the queue.
  example     = file("${path.module}/../iam-policy.json")
  dead_letter = replace(local.example, "arn:aws:sqs:eu-central-1:123456789012:logins-dlq", aws_sqs_queue.dead_letter.arn)
  queue       = replace(local.dead_letter, "arn:aws:sqs:eu-central-1:123456789012:logins", aws_sqs_queue.events.arn)
  key         = replace(local.queue, "arn:aws:kms:eu-central-1:123456789012:key/00000000-0000-0000-0000-000000000000", aws_kms_key.queue.arn)
  policy      = replace(local.key, "sqs.eu-central-1.amazonaws.com", "sqs.${local.region}.amazonaws.com")
}

# Its policy is the default of KMS: the account decides by IAM. A service that sends to the queue
# (SNS, EventBridge, S3) must also be named in the key policy.
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
      # EKS Pod Identity uses tags to name its session.
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
