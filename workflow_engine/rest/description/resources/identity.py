"""/user, /group, /tenant, /identity, /authorization and /filter."""

from __future__ import annotations

from workflow_engine.rest.description.operations import NOTHING, Operation, answers, takes
from workflow_engine.rest.description.shapes import answer, request

_PROFILE = answer("UserProfile", {"id": "text", "firstName": "text?", "lastName": "text?", "email": "text?"})
request("ProfileChange", _PROFILE)
request("NewCredentials", {"password": "text", "authenticatedUserPassword": "text"})
request("NewUser", {"profile": "ProfileChange", "credentials": "NewCredentials"})
_GROUP = answer("Group", {"id": "text", "name": "text?", "type": "text?"})
request("GroupChange", _GROUP)
_TENANT = answer("Tenant", {"id": "text", "name": "text?"})
request("TenantChange", _TENANT)
answer("GroupOfUser", {"id": "text", "name": "text?"})
answer("UserOfGroup", {"id": "text", "firstName": "text?", "lastName": "text?", "displayName": "text"})
answer("GroupsOfUser", {"groups": "[GroupOfUser]", "groupUsers": "[UserOfGroup]"})
request("UserAndPassword", {"username": "text", "password": "text"})
answer(
    "Verification",
    {"authenticatedUser": "text?", "authenticated": "boolean", "groups": "null", "tenants": "null"},
)
_RULE = answer("PasswordRule", {"placeholder": "text", "parameter": "{text}"})
answer("CheckedPasswordRule", {**_RULE, "valid": "boolean"})
answer("PasswordPolicy", {"rules": "[PasswordRule]"})
answer("CheckedPassword", {"rules": "[CheckedPasswordRule]", "valid": "boolean"})
request("PasswordToCheck", {"password": "text", "profile": "ProfileChange"})
answer(
    "Authorization",
    {
        "id": "text", "type": "integer", "permissions": "[text]", "userId": "text?", "groupId": "text?", "resourceType": "integer",
        "resourceId": "text?", "removalTime": "null", "rootProcessInstanceId": "null",
    },
)  # fmt: skip
_CHANGE = request(
    "AuthorizationChange",
    {"permissions": "[text]", "userId": "text", "groupId": "text", "resourceType": "integer", "resourceId": "text"},
)
request("NewAuthorization", {**_CHANGE, "type": "integer"})
answer(
    "AuthorizationCheck",
    {"permissionName": "text", "resourceName": "text", "resourceId": "text?", "authorized": "boolean"},
)
answer(
    "Filter",
    {
        "id": "text", "resourceType": "text", "name": "text", "owner": "text?", "query": "object", "properties": "object",
        "itemCount": "long",
    },
    "itemCount",
    description="`itemCount` comes only where it was asked for.",
)  # fmt: skip
request(
    "FilterChange",
    {"resourceType": "text", "name": "text", "owner": "text", "query": "object", "properties": "object"},
)

LISTS = {
    "/user": "UserProfile",
    "/group": "Group",
    "/tenant": "Tenant",
    "/authorization": "Authorization",
    "/filter": "Filter",
}
_ITEMS = "/filter/{id}"
_PAGE = {"firstResult": "integer", "maxResults": "integer"}
OPERATIONS = {
    "POST /user/create": takes("NewUser"),
    "DELETE /user/{id}": takes(None),
    "GET /user/{id}/profile": answers("UserProfile"),
    "PUT /user/{id}/profile": takes("ProfileChange"),
    "PUT /user/{id}/credentials": takes("NewCredentials"),
    "POST /user/{id}/unlock": takes(None),
    "POST /group/create": takes("GroupChange"),
    "GET /group/{id}": answers("Group"),
    "PUT /group/{id}": takes("GroupChange"),
    "DELETE /group/{id}": takes(None),
    "PUT /group/{id}/members/{userId}": takes(None),
    "DELETE /group/{id}/members/{userId}": takes(None),
    "POST /tenant/create": takes("TenantChange"),
    "GET /tenant/{id}": answers("Tenant"),
    "PUT /tenant/{id}": takes("TenantChange"),
    "DELETE /tenant/{id}": takes(None),
    "PUT /tenant/{id}/user-members/{userId}": takes(None),
    "DELETE /tenant/{id}/user-members/{userId}": takes(None),
    "PUT /tenant/{id}/group-members/{groupId}": takes(None),
    "DELETE /tenant/{id}/group-members/{groupId}": takes(None),
    "GET /identity/groups": answers("GroupsOfUser", query={"userId": "text"}),
    "POST /identity/verify": answers("Verification", body="UserAndPassword"),
    "GET /identity/password-policy": Operation(answers={200: "PasswordPolicy"}, errors=(404,)),
    "POST /identity/password-policy": answers("CheckedPassword", body="PasswordToCheck"),
    "POST /authorization/create": answers("Authorization", body="NewAuthorization"),
    "GET /authorization/check": Operation(
        answers={200: "AuthorizationCheck"},
        query={
            "permissionName": "text", "resourceName": "text", "resourceType": "integer", "resourceId": "text", "userId": "text",
        },
        errors=(404,),
    ),
    "GET /authorization/{id}": answers("Authorization"),
    "PUT /authorization/{id}": takes("AuthorizationChange"),
    "DELETE /authorization/{id}": takes(None),
    "POST /filter/create": answers("Filter", body="FilterChange"),
    "GET /filter/{id}": answers("Filter", query={"itemCount": "boolean"}),
    "PUT /filter/{id}": takes("FilterChange"),
    "DELETE /filter/{id}": takes(None),
    f"GET {_ITEMS}/list": answers("[Task]", query=_PAGE),
    f"POST {_ITEMS}/list": answers("[Task]", query=_PAGE, body="object"),
    f"GET {_ITEMS}/count": answers("Count"),
    f"POST {_ITEMS}/count": answers("Count", body="object"),
    f"GET {_ITEMS}/singleResult": Operation(answers={200: "Task", 204: NOTHING}),
    f"POST {_ITEMS}/singleResult": Operation(answers={200: "Task", 204: NOTHING}, body="object"),
}  # fmt: skip
