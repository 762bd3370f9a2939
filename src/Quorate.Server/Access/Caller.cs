using System.Collections.Immutable;
using Quorate.Rpc.Server;
using Quorate.Server.Api;
using Quorate.Server.ApiKeys;
using Quorate.Server.Ids;
using Quorate.Server.Recording;

namespace Quorate.Server.Access;

/// <summary>Who calls: the API key that has signed the request.</summary>
/// <param name="Key">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Member">The member whose it is; null for one that speaks for no member.</param>
/// <param name="Roles">What it may do.</param>
/// <param name="PublicKey">The one of its public keys that was signed with.</param>
sealed record Caller(ResourceId Key, string Name, string? Member, ImmutableArray<Role> Roles, Blob PublicKey)
{
    /// <summary>The caller of a call that the guard has let through.</summary>
    internal static Caller Of(ServerCallContext context) => (Caller)context.HttpContext.Items[typeof(Caller)]!;

    /// <summary>Says who calls.</summary>
    internal void Enter(ServerCallContext context) => context.HttpContext.Items[typeof(Caller)] = this;

    /// <summary>That the caller has a role.</summary>
    /// <exception cref="Rpc.RpcException">It has not.</exception>
    internal void Require(params ReadOnlySpan<Role> oneOf)
    {
        foreach (var role in oneOf)
            if (Roles.Contains(role))
                return;
        throw AccessRefusal.Forbidden("role_missing",
            $"It takes one of the roles {Names(oneOf.ToArray())}; the API key has {Names(Roles)}.");
    }

    static string Names(IEnumerable<Role> roles) => string.Join(", ", roles.Select(r => Recording.SnakeCase.Text(r)));

    /// <summary>The member in whose name the caller acts: its own, whether the request says so or not.</summary>
    /// <param name="asked">What the request says; empty for nothing.</param>
    /// <param name="pointer">Where.</param>
    /// <exception cref="Rpc.RpcException">The key is another member's, or nobody's.</exception>
    internal string ActingAs(string asked, string pointer) =>
        Member is null ? throw Answers.Problem(new("no_member", "The API key belongs to no member, in whose name this could be done."))
        : asked.Length > 0 && asked != Member ? throw Answers.Problem(new("not_that_member", $"{pointer}: the API key is {Member}'s, and not {asked}'s."))
        : Member;
}
