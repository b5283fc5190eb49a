variable "name" {
  description = "Name of the queue; the others are named after it."
  type        = string
  default     = "logins"
}

variable "max_receive_count" {
  description = "Deliveries before a message goes to the dead-letter queue. Each end of a run that was not in order counts as one, and so does a look by sqs2pg-init."
  type        = number
  default     = 5

  validation {
    condition     = var.max_receive_count >= 4
    error_message = "Fewer than four deliveries make dead letters of sound messages."
  }
}

variable "visibility_timeout" {
  description = "Seconds for which a message that was received is hidden. sqs2pg lengthens it while the message is on its way."
  type        = number
  default     = 60
}

variable "oldest_message_alarm" {
  description = "Seconds that the oldest message may wait before the alarm."
  type        = number
  default     = 1800
}

variable "alarm_actions" {
  description = "ARNs that are told of an alarm and of its end, such as topics of SNS."
  type        = list(string)
  default     = []
}

variable "trusted_services" {
  description = "Services that may take the role: pods.eks.amazonaws.com (EKS Pod Identity), ecs-tasks.amazonaws.com, ec2.amazonaws.com."
  type        = list(string)
  default     = ["pods.eks.amazonaws.com"]
}

variable "oidc_provider_arn" {
  description = "ARN of the cluster's OIDC provider, for IRSA; none without it."
  type        = string
  default     = null
}

variable "service_account" {
  description = "NAMESPACE:NAME of the service account that may take the role by IRSA."
  type        = string
  default     = "default:sqs2pg"
}

variable "tags" {
  description = "Tags of all that is made."
  type        = map(string)
  default     = {}
}
