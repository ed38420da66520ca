# An API and, beside it, what Gatewatch expects of it. Whoever destroys the API destroys the check.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.0" # whose aws_region tells `region`
    }
  }
}

variable "stage" {
  description = "Stage of the API that is looked at."
  type        = string
  default     = "prod"
}

data "aws_region" "here" {}

resource "aws_api_gateway_rest_api" "orders" {
  name = "orders-api"
}

resource "aws_ssm_parameter" "orders_check" {
  name        = "/gatewatch/endpoints/orders-api"
  description = "Read by Gatewatch; docs/registry.md says what may stand here."
  type        = "String"
  value       = <<-YAML
    url: https://${aws_api_gateway_rest_api.orders.id}.execute-api.${data.aws_region.here.region}.amazonaws.com/${var.stage}/health
    auth: {api_key: "ssm:/gatewatch/secrets/orders"}
    expect: {status: 200, latency: 2s, resolves_to: public}
    from: {tags: {stage: prod}}
    owner: payments
    runbook: https://wiki.example.com/orders
  YAML
}
