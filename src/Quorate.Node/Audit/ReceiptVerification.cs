using System.Collections.Immutable;
using Quorate.Chains;
using Quorate.Cryptography.Curves;
using Quorate.Node.Gate;
using Quorate.Node.Governance;
using Quorate.Node.Signing;
using Quorate.Policies;
using Quorate.Threshold.Sharing;

namespace Quorate.Node.Audit;

/// <summary>What came out of a receipt.</summary>
/// <param name="Problems">What is wrong with it, a sentence each; empty where it holds.</param>
/// <param name="Effects">What the payload does, decoded here; null where it could not be.</param>
/// <param name="Approvers">The members whose approvals verify.</param>
/// <param name="Nodes">The nodes whose decisions hold, by name.</param>
/// <param name="Trace">Why the policy allows it, as it was evaluated here; empty where it does not.</param>
/// <param name="Transaction">The signed transaction; null for messages, and where it could not be put together.</param>
public sealed record ReceiptReport(
    ImmutableArray<string> Problems, Effects? Effects, ImmutableArray<string> Approvers, ImmutableArray<string> Nodes, string Trace,
    ReadOnlyMemory<byte>? Transaction)
{
    /// <summary>Whether everything in it holds.</summary>
    public bool IsTrue => Problems.IsEmpty;
}

/// <summary>
/// Checks a receipt with public keys alone: the administrators' acts from the genesis document on, each node's signed decision,
/// and then the release rule once more, as the nodes applied it, from raw payload to policy (docs/spec/receipts.md). The
/// counters are the one thing that a receipt does not have: what had been spent before, the nodes' journals know.
/// </summary>
public static class ReceiptVerification
{
    /// <summary>Verifies a receipt.</summary>
    /// <param name="receipt">The receipt.</param>
    /// <param name="genesis">The genesis document, from somewhere else than the receipt.</param>
    /// <param name="judges">The chains.</param>
    public static ReceiptReport Verify(Receipt receipt, GenesisDocument genesis, IReadOnlyDictionary<ChainId, ChainJudge> judges)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        ArgumentNullException.ThrowIfNull(genesis);
        ArgumentNullException.ThrowIfNull(judges);
        var check = new Check(receipt, genesis, judges);
        check.Run();
        return check.Report;
    }

    sealed class Check(Receipt receipt, GenesisDocument genesis, IReadOnlyDictionary<ChainId, ChainJudge> judges)
    {
        readonly ImmutableArray<string>.Builder problems = ImmutableArray.CreateBuilder<string>();
        readonly SortedSet<string> nodes = new(StringComparer.Ordinal);
        Effects? effects;
        ImmutableArray<string> approvers = [];
        string trace = "";
        ReadOnlyMemory<byte>? transaction;
        int threshold;

        internal ReceiptReport Report => new(problems.ToImmutable(), effects, approvers, [.. nodes], trace, transaction);

        internal void Run()
        {
            if (receipt.Deployment != genesis.Hash)
            {
                problems.Add($"It is of the deployment {receipt.Deployment}; the genesis document is {genesis.Hash}.");
                return;
            }
            var states = TakeActs();
            foreach (var signed in receipt.Decisions)
                if (Open(signed, states) is { } decision && (Keys(decision), states[(int)decision.Acts]) is ({ } wallet, var state))
                    CheckDecision(decision, wallet, state);
            if (nodes.Count == 0)
                problems.Add("There is no decision of a node that holds.");
            else if (nodes.Count < threshold)
                problems.Add($"{nodes.Count} nodes say that they took part; a signature takes {threshold}.");
        }

        /// <summary>What was in force after each act.</summary>
        List<NodeState> TakeActs()
        {
            // A state needs a node to be of; for what is asked here all are alike.
            var state = NodeState.Empty.Evolve(new NodeEvent.GenesisInstalled(0, NodeEvent.Json(genesis.Canonical), genesis.Nodes[0].Id.ToString()));
            List<NodeState> states = [state];
            foreach (var (act, approvals) in receipt.Acts)
            {
                if (ActChain.NotApproved(state, act, approvals, act.ExpiresAt.AddSeconds(-1), out _) is { } problem)
                {
                    problems.Add(problem);
                    break;
                }
                states.Add(state = state.Apply(act));
            }
            return states;
        }

        NodeDecision? Open(SignedDecision signed, List<NodeState> states)
        {
            NodeDecision? decision;
            try
            {
                decision = signed.Open();
            }
            catch (DocumentException malformed)
            {
                problems.Add($"A decision is none: {malformed.Message}");
                return null;
            }
            var problem = decision is null ? "The signature on a decision does not verify."
                : genesis.Find(decision.Node) is not { } node ? $"Node {decision.Node} is none of the deployment's."
                : decision.Deployment != genesis.Hash || decision.Intent != receipt.Signed.Intent.Hash || decision.Request != receipt.Signed.Intent.RequestId
                ? $"The decision of {node.Name} is on something else."
                : decision.Acts >= (ulong)states.Count ? $"{node.Name} had taken {decision.Acts} acts; the receipt has {states.Count - 1} that hold."
                : states[(int)decision.Acts].Policy!.Hash != decision.Policy ? $"{node.Name} names the policy {decision.Policy}, which was not in force after {decision.Acts} acts."
                : nodes.Contains(node.Name) ? $"There are two decisions of {node.Name}."
                : null;
            if (problem is not null)
                problems.Add(problem);
            return problem is null ? decision : null;
        }

        WalletKeys? Keys(NodeDecision decision)
        {
            byte[]? Of(string name) => decision.Keys.TryGetValue(name, out var stored) ? stored.ToArray() : null;
            try
            {
                // A key that has been reshared since is the same key.
                var (now, epoch) = (WalletKeys.Read(receipt.Signed.Intent.Wallet, Of(KeyName.Ecdsa), Of(KeyName.Bip340), Of(KeyName.Ed25519)), checked((uint)receipt.Signed.Intent.KeyEpoch));
                return new(now.Name, At(now.Ecdsa, epoch), At(now.Bip340, epoch), At(now.Ed25519, epoch));
            }
            catch (Exception malformed) when (malformed is FormatException or ArgumentException or OverflowException)
            {
                problems.Add($"{NameOf(decision)} says no keys of the wallet: {malformed.Message}");
                return null;
            }
        }

        /// <summary>The release rule once more, with what the node had: payload, approvals, policy, membership, keys and time.</summary>
        void CheckDecision(NodeDecision decision, WalletKeys wallet, NodeState state)
        {
            var at = DateTimeOffset.FromUnixTimeSeconds(decision.DecidedAt);
            var request = new SigningRequest(receipt.Signed.Intent, PayloadOf(receipt.Signed), receipt.Approvals,
                receipt.Approved is { } approved ? new(approved.Intent, PayloadOf(approved)) : null);
            state = state with { Wallets = state.Wallets.SetItem(wallet.Name, wallet) };
            var (ruling, record) = Judgement.Rule(state, request.Approved, RequestState.Unknown, judges, at);
            var allowed = record as NodeEvent.SigningAllowed;
            if (request.Original is not null && allowed is not null)
                (ruling, _) = Judgement.Rule(state.Evolve(allowed), request, RequestState.Unknown, judges, at, RequestState.Unknown.Evolve(allowed));
            if (ruling is Ruling.Refused refused)
            {
                problems.Add($"The rule does not allow what {NameOf(decision)} did: {refused.Reason}, {refused.Detail}");
                return;
            }
            var permit = (Ruling.Permit)ruling;
            approvers = [.. ApprovalSet.Verify(request.Approved.Intent, receipt.Approvals, state.Membership!, PasskeyCounters.Empty, at).Approvers.Order(StringComparer.Ordinal)];
            (trace, effects) = (allowed!.Trace, judges[request.Intent.Chain].Judge(request.Payload, wallet, request.Intent.Signatures[0].Path).Effects);
            threshold = SigningKeys.Of(permit.Wallet, permit.Inputs.Select(i => i.Scheme))?.Threshold ?? 0;
            if (decision.Sessions == 0)
                problems.Add($"{NameOf(decision)} has lent its share to no session.");
            else if (CheckSignatures(permit, request))
                nodes.Add(NameOf(decision));
        }

        bool CheckSignatures(Ruling.Permit permit, SigningRequest request)
        {
            var signatures = receipt.Signatures.DistinctBy(s => s.Index).ToDictionary(s => s.Index, s => s.Signature);
            var complete = permit.Inputs.Select(input => signatures.TryGetValue(input.Index, out var signature) ? SigningKeys.Complete(permit.Wallet, input, signature.Span) : null).ToArray();
            if (complete.Contains(null) || receipt.Signatures.Length != complete.Length)
            {
                problems.Add($"Of {complete.Length} signatures {complete.Count(s => s is not null)} are there and verify, of {receipt.Signatures.Length} in all.");
                return false;
            }
            if (request.Payload.Kind == PayloadKind.Transaction)
                transaction = judges[request.Intent.Chain].Assemble(request.Payload, permit.Wallet, request.Intent.Signatures[0].Path, complete!);
            return true;
        }

        string NameOf(NodeDecision decision) => genesis.Find(decision.Node)!.Name;

        static SigningPayload PayloadOf(ReceiptRequest request) => new(Enum.Parse<PayloadKind>(request.Kind), request.Payload);

        static PublicKeyPackage<C>? At<C>(PublicKeyPackage<C>? key, uint epoch) where C : struct, ICurve<C> =>
            key is null ? null : new(key.Scheme, key.Origin, epoch, key.Threshold, key.Parties, key.GroupKey, key.VerifyingShares.ToArray(), key.ChainCode);
    }
}
