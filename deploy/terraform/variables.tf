variable "name" {
  description = "Name of the queue; the others are named after it."
  type        = string
  default     = "logins"
}

variable "max_receive_count" {
  description = "Deliveries before a message goes to the dead-letter queue. Each run that does not stop in order costs one, and so does sqs2pg-init."
  type        = number
  default     = 5

  validation {
    condition     = var.max_receive_count >= 4
    error_message = "Fewer than four deliveries make dead letters of sound messages."
  }
}

variable "visibility_timeout" {
  description = "Visibility timeout in seconds. sqs2pg extends it until the message is loaded."
  type        = number
  default     = 60
}

variable "oldest_message_alarm" {
  description = "Seconds that the oldest message may wait before the alarm."
  type        = number
  default     = 1800
}

variable "alarm_actions" {
  description = "ARNs that are notified of an alarm and of its end, such as SNS topics."
  type        = list(string)
  default     = []
}

variable "trusted_services" {
  description = "Services that may assume the role: pods.eks.amazonaws.com (EKS Pod Identity), ecs-tasks.amazonaws.com, ec2.amazonaws.com."
  type        = list(string)
  default     = ["pods.eks.amazonaws.com"]
}

variable "oidc_provider_arn" {
  description = "ARN of the cluster's OIDC provider, for IRSA; none without it."
  type        = string
  default     = null
}

variable "service_account" {
  description = "NAMESPACE:NAME of the service account that may assume the role by IRSA."
  type        = string
  default     = "default:sqs2pg"
}

variable "tags" {
  description = "Tags of all resources."
  type        = map(string)
  default     = {}
}
