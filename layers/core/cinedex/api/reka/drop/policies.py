"""Policies: what is computed for dropped files, and for how long the videos of a group stay."""

from __future__ import annotations

from fastapi import APIRouter

from cinedex.api.auth import Admin, Reader
from cinedex.api.reka.drop.schemas import (
    AccountPolicyRequest,
    AccountPolicyResponse,
    GroupPolicyRequest,
    GroupPolicyResponse,
)
from cinedex.api.reka.groups import GroupId
from cinedex.bootstrap.imports import manage_policies
from cinedex.library.domain.collection_policy import OF_ACCOUNT, CollectionPolicy
from cinedex.library.usecases.manage_policies import ManagePolicies

router = APIRouter(tags=["drop folder"])


@router.get("/v2/drop/policy")
def get_account_policy(caller: Reader) -> AccountPolicyResponse:
    """Get the policy of the account, for groups without one of their own."""
    policies = manage_policies()
    return _of_account(policies, policies.get(caller.account_id))


@router.put("/v2/drop/policy")
def put_account_policy(caller: Admin, policy: AccountPolicyRequest) -> AccountPolicyResponse:
    """Replace the policy of the account."""
    policies = manage_policies()
    return _of_account(policies, policies.put(caller.account_id, OF_ACCOUNT, policy.features, None))


@router.get("/v2/video-groups/{group_id}/policy")
def get_group_policy(caller: Reader, group_id: GroupId) -> GroupPolicyResponse:
    """Get the policy of a group."""
    policies = manage_policies()
    return _of_group(policies, policies.get(caller.account_id, group_id))


@router.put("/v2/video-groups/{group_id}/policy")
def put_group_policy(caller: Admin, group_id: GroupId, policy: GroupPolicyRequest) -> GroupPolicyResponse:
    """Replace the policy of a group. With `retention_days`, a daily sweep deletes older videos and their files."""
    policies = manage_policies()
    stored = policies.put(caller.account_id, group_id, policy.features, policy.retention_days)
    return _of_group(policies, stored)


def _of_account(policies: ManagePolicies, policy: CollectionPolicy) -> AccountPolicyResponse:
    return AccountPolicyResponse(
        features=None if policy.features is None else list(policy.features),
        effective_features=list(policies.features(policy.account_id, None)),
    )


def _of_group(policies: ManagePolicies, policy: CollectionPolicy) -> GroupPolicyResponse:
    return GroupPolicyResponse.of(policy, policies.features(policy.account_id, policy.collection_id))
