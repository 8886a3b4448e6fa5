"""Clusters: kubectl and oc, helm."""

from __future__ import annotations

from ..rule import Rule, Tool

KUBECTL = "kubectl|oc"
HELM = "helm"

TOOLS: tuple[Tool, ...] = (
    Tool(
        KUBECTL,
        "-n --namespace --context --cluster --kubeconfig --user -s --server --token --as --as-group -c --container -o "
        "--output -l --selector -f --filename -k --kustomize --field-selector --replicas --current-replicas -p --patch "
        "--type --request-timeout --timeout -v --image --from-file --from-literal --from-env-file --field-manager "
        "--grace-period --since --tail --sort-by -L --label-columns --template --raw --subresource --clusterrole --role "
        "--serviceaccount --port --target-port --address --name --to-revision --revision --chunk-size --pod-selector",
        has_verbs=True,
    ),
    Tool(
        HELM,
        "-n --namespace --kube-context --kubeconfig -f --values --set --set-string --set-file --version --timeout --repo "
        "--history-max --max -o --output --description",
        has_verbs=True,
    ),
)

# fmt: off
RULES: tuple[Rule, ...] = (
    # Only tried, or only asked.
    Rule(KUBECTL, "apply|create|delete|drain|patch|replace|scale|label|annotate|run|set|taint|cordon|uncordon|edit|adm|expose|autoscale|undo|rollout --dry-run=|client|server|true !--dry-run=none|false",
         "safe", "dry_run", "only says what it would do",
         yes=("kubectl delete ns payments --dry-run=server", "kubectl apply -f a.yaml --dry-run=client"),
         no=("kubectl delete ns payments --dry-run=none", "kubectl delete ns dry-run")),
    Rule(KUBECTL, "get --raw=*/secrets*", "caution", "credentials", "prints secrets", yes=("kubectl get --raw /api/v1/namespaces/x/secrets",), no=("kubectl get --raw /healthz",), id="kubectl-raw-secrets"),
    Rule(KUBECTL, "proxy|port-forward --address=0.0.0.0|::", "dangerous", "network", "opens the way into the cluster to everybody who reaches this machine", yes=("kubectl proxy --address=0.0.0.0",), no=("kubectl proxy",), id="kubectl-open-to-all"),
    Rule(KUBECTL, "who-can|ctx|ns|neat|tree|view-utilization|resource-capacity|access-matrix|df-pv|outdated|score|deprecations|tail|stern", "safe", "read_only", "only reads", yes=("kubectl who-can delete pods", "kubectl tree deploy web"), no=("kubectl node-shell x",), id="kubectl-plugins"),
    Rule(KUBECTL, "krew|plugin list|search|info|version", "safe", "read_only", "only lists plugins", yes=("kubectl krew list",), no=("kubectl krew install x",), id="kubectl-krew-list"),
    Rule(KUBECTL, "get|extract secret*|secrets* -o|--output=yaml*|json*|go-template*|custom-columns*|*file*", "caution", "credentials",
         "prints secrets", yes=("kubectl get secret db -o yaml", "kubectl get secrets db -o jsonpath={.data}"),
         no=("kubectl get secrets", "kubectl get secret db -o name")),
    Rule(KUBECTL, "extract secret*", "caution", "credentials", "prints or stores secrets",
         yes=("oc extract secret/db --to=-",), no=("oc extract configmap/db --to=-",)),
    Rule(KUBECTL, "get|describe|logs|log|explain|events|top|diff|wait|version|cluster-info|api-resources|api-versions|options|completion|"
         "whoami|projects|status|process|plugin|port-forward|proxy|kustomize|registry|adm-top|extract", "safe", "read_only", "only reads",
         yes=("kubectl get pods -A", "kubectl -n prod logs -f deploy/api", "kubectl top pods", "oc whoami"),
         no=("kubectl delete pods get", "kubectl cp a b")),
    Rule(KUBECTL, "auth can-i|whoami", "safe", "read_only", "only asks what is allowed",
         yes=("kubectl auth can-i delete pods",), no=("kubectl auth reconcile -f rbac.yaml",)),
    Rule(KUBECTL, "rollout status|history", "safe", "read_only", "only reads how a rollout goes",
         yes=("kubectl rollout status deploy/api",), no=("kubectl rollout restart deploy/api",)),
    Rule(KUBECTL, "config view|get-contexts|current-context|get-clusters|get-users", "safe", "read_only", "only reads the client's configuration",
         yes=("kubectl config current-context",), no=("kubectl config use-context green",)),
    Rule(KUBECTL, "adm top|must-gather|inspect|node-logs|release|verify-image-signature|who-can", "safe", "read_only", "only reads",
         yes=("oc adm top nodes", "oc adm must-gather"), no=("oc adm drain node-1",)),
    Rule(KUBECTL, "adm policy who-can|scc-review|scc-subject-review", "safe", "read_only", "only asks what is allowed",
         yes=("oc adm policy who-can delete pods",), no=("oc adm policy add-scc-to-user privileged bob",)),
    Rule(KUBECTL, "adm policy ... cluster-admin|admin|privileged|anyuid|hostaccess|system:*", "dangerous", "privilege", "gives away control of the cluster",
         yes=("oc adm policy add-cluster-role-to-user cluster-admin bob",), no=("oc adm policy add-role-to-user view bob",)),
    # Deleting.
    Rule(KUBECTL, "delete --all|-A|--all-namespaces", "dangerous", "availability", "deletes everything of a kind",
         dry_run="+--dry-run=server", yes=("kubectl delete pods --all -n store",), no=("kubectl delete pod api-1",)),
    Rule(KUBECTL, "delete -f|--filename|-k|--kustomize", "dangerous", "cluster_scope", "deletes whatever the files describe",
         dry_run="+--dry-run=server", yes=("kubectl delete -f manifests/green/",), no=("kubectl apply -f k8s/prod/",)),
    Rule(KUBECTL, "delete -l|--selector|--field-selector", "dangerous", "availability", "deletes everything a selector matches",
         dry_run="+--dry-run=server", yes=("kubectl delete pod -l app=worker",), no=("kubectl delete pod worker-1",)),
    Rule(KUBECTL, "delete pod|pods|po|pod/*|pods/*|po/* ~*-[0-9]|*-[0-9][0-9] --force", "dangerous", "data_destruction",
         "force-deletes a member of a stateful set: two may write at once",
         dry_run="+--dry-run=server", yes=("kubectl delete pod db-0 --force --grace-period=0",), no=("kubectl delete pod db-0",)),
    Rule(KUBECTL, "delete pod|pods|po|pod/*|pods/*|po/*|job|jobs|job/*|jobs/*|event|events|lease|lease/* !@bulk", "caution", "availability",
         "deletes a pod or job; its controller makes pods again", dry_run="+--dry-run=server",
         yes=("kubectl delete pod api-7d9c -n prod", "kubectl delete job/nightly"), no=("kubectl delete deploy api",)),
    Rule(KUBECTL, "delete ns|namespace|namespaces|ns/*|namespace/*|project|project/*|crd|crd/*|crds|customresourcedefinition*|node|nodes|node/*|clusterrole*|apiservice*|"
         "*webhook*|priorityclass*|storageclass*|sc", "dangerous", "cluster_scope", "deletes a part of the cluster with everything that hangs on it",
         dry_run="+--dry-run=server", yes=("kubectl --context prod delete ns payments", "oc delete project web"), no=("kubectl get ns payments",)),
    Rule(KUBECTL, "delete deploy*|rs|replicaset*|svc|svc/*|service|services|service/*|ing|ing/*|ingress*|route|route/*|routes|ds|ds/*|daemonset*|hpa|hpa/*|cronjob*|cj|ep|endpoints|pdb",
         "dangerous", "availability", "takes a workload or the way to it away", dry_run="+--dry-run=server",
         yes=("kubectl delete deployment api -n prod", "kubectl delete svc/web"), no=("kubectl get deployment api",)),
    Rule(KUBECTL, "delete", "dangerous", "data_destruction", "deletes objects that nothing makes again", dry_run="+--dry-run=server",
         yes=("kubectl delete pvc data-0", "kubectl delete $KIND"), no=("kubectl describe pvc data-0",)),
    # Taking capacity away, and surgery.
    Rule(KUBECTL, "scale --replicas=0", "dangerous", "availability", "scales to zero: nothing is left to answer", dry_run="+--dry-run=server",
         yes=("kubectl scale sts db --replicas 0", "kubectl scale --replicas=0 deploy/api"), no=("kubectl scale deploy api --replicas=10",)),
    Rule(KUBECTL, "drain", "dangerous", "cluster_scope", "evicts everything from a node", dry_run="+--dry-run=server",
         yes=("kubectl drain node-12 --ignore-daemonsets",), no=("kubectl cordon node-12",)),
    Rule(KUBECTL, "adm drain|prune|evacuate", "dangerous", "cluster_scope", "evicts or removes in bulk",
         yes=("oc adm drain node-7",), no=("oc adm cordon node-7",)),
    Rule(KUBECTL, "taint ~*NoExecute", "dangerous", "cluster_scope", "evicts everything from a node that does not tolerate it", dry_run="+--dry-run=server",
         yes=("kubectl taint nodes w-3 maint=true:NoExecute",), no=("kubectl taint nodes w-3 maint=true:NoSchedule", "kubectl taint nodes w-3 maint:NoExecute-")),
    Rule(KUBECTL, "replace --raw=*finalize*", "dangerous", "irreversible", "removes finalizers: what they guard is left behind",
         yes=("kubectl replace --raw /api/v1/namespaces/x/finalize -f -",), no=("kubectl replace -f svc.yaml",)),
    Rule(KUBECTL, "replace --force", "dangerous", "availability", "deletes and makes again, with a gap between", dry_run="+--dry-run=server",
         yes=("kubectl replace --force -f svc.yaml",), no=("kubectl replace -f svc.yaml",)),
    Rule(KUBECTL, "apply --force|--prune", "dangerous", "cluster_scope", "deletes what the files no longer name, or makes it again", dry_run="+--dry-run=server",
         yes=("kubectl apply --prune -f . --all",), no=("kubectl apply -f .", "kubectl apply -f . --force-conflicts")),
    Rule(KUBECTL, "patch|edit|annotate -p|--patch=*finalizers*", "dangerous", "irreversible", "removes finalizers: what they guard is left behind", dry_run="+--dry-run=server",
         yes=("""kubectl patch pvc d -p '{"metadata":{"finalizers":null}}'""",), no=("""kubectl patch deploy d -p '{"spec":{"paused":true}}'""",)),
    Rule(KUBECTL, "patch svc|service|services|svc/*|service/* -p|--patch=*selector*", "dangerous", "availability", "points a service elsewhere", dry_run="+--dry-run=server", id="kubectl-patch-service-selector",
         yes=("""kubectl patch svc web -p '{"spec":{"selector":{"app":"x"}}}'""",), no=("""kubectl patch svc web -p '{"metadata":{}}'""",)),
    Rule(KUBECTL, "patch -p|--patch=*replicas*:0[!0-9]*|*replicas*:[!0-9]0[!0-9]*", "dangerous", "availability", "scales to zero: nothing is left to answer", id="kubectl-patch-to-zero", dry_run="+--dry-run=server",
         yes=("""kubectl patch deploy api -p '{"spec":{"replicas":0}}'""", """kubectl patch deploy api -p '{"spec":{"replicas": 0}}'"""),
         no=("""kubectl patch deploy api -p '{"spec":{"replicas":3}}'""",)),
    Rule(KUBECTL, "create|auth clusterrolebinding|rolebinding --clusterrole=cluster-admin|admin|edit", "dangerous", "privilege", "gives away control of the cluster", dry_run="+--dry-run=server",
         yes=("kubectl create clusterrolebinding x --clusterrole=cluster-admin --user=bob",), no=("kubectl create clusterrolebinding x --clusterrole=view --user=bob",)),
    Rule(KUBECTL, "rollout restart * --all", "dangerous", "availability", "restarts everything of a kind at once",
         yes=("kubectl rollout restart deployment --all",), no=("kubectl rollout restart deployment/api",)),
    # Changing.
    Rule(KUBECTL, "cp *:*", "safe", "read_only", "copies a file out of a pod", yes=("kubectl cp prod/gate-0:/tmp/dump.hprof ./dump.hprof",), no=("kubectl cp ./fix.jar api-0:/srv/",)),
    Rule(KUBECTL, "cp", "caution", "config_change", "puts files into a running pod", yes=("kubectl cp ./fix.jar api-0:/srv/",), no=("kubectl cp api-0:/srv/a ./a",)),
    Rule(KUBECTL, "exec|rsh|attach|debug|run", "caution", "privilege", "opens a shell in a pod, or starts one", yes=("kubectl exec -it api-0", "kubectl debug node/w-2 -it --image=busybox"), no=("kubectl exec api-0 -- ls",)),
    Rule(KUBECTL, "rollout restart|undo|pause|resume|retry|cancel|latest", "caution", "availability", "restarts or changes a rollout, one pod after the other",
         yes=("kubectl rollout restart deploy/api", "kubectl rollout undo deploy/api"), no=("kubectl rollout status deploy/api",)),
    Rule(KUBECTL, "apply|create|replace|patch|scale|edit|set|label|annotate|expose|autoscale|cordon|uncordon|taint|certificate|config|project|login|logout|adm|policy|"
         "new-app|new-project|start-build|import-image|tag|rsync|rollback|auth|secrets|serviceaccounts|image|registry|debug|idle|cancel-build|observe|deploy|rolling-update|krew|migrate",
         "caution", "config_change", "changes objects of the cluster or the client's context", dry_run="+--dry-run=server",
         yes=("kubectl apply -f a.yaml", "kubectl scale deploy api --replicas=10 -n prod", "kubectl cordon node-12", "kubectl config use-context green"), no=("kubectl get pods",)),
    # helm
    Rule(HELM, "... --dry-run=|client|server|true", "safe", "dry_run", "only renders; the cluster might still refuse", yes=("helm uninstall web -n prod --dry-run", "helm upgrade web . --dry-run=server"), no=("helm uninstall web", "helm upgrade web . --dry-run=none")),
    Rule(HELM, "template|lint|list|ls|status|history|hist|show|inspect|get|search|version|env|diff|verify|test-list|completion|dependency-list", "safe", "read_only", "only reads",
         yes=("helm history gate -n store", "helm get values api"), no=("helm rollback api 4",)),
    Rule(HELM, "repo|dependency|dep|plugin list|ls", "safe", "read_only", "only lists", yes=("helm repo list",), no=("helm repo remove stable",)),
    Rule(HELM, "repo|plugin|registry|dependency|dep|pull|fetch|package|create", "caution", "config_change", "changes the client's own files", yes=("helm repo add a https://x", "helm repo update"), no=("helm repo list",)),
    Rule(HELM, "uninstall|delete|del|un", "dangerous", "availability", "takes a release away with everything it made", dry_run="+--dry-run",
         yes=("helm -n store uninstall billing --no-hooks",), no=("helm uninstall payments --dry-run", "helm status payments")),
    Rule(HELM, "upgrade --force", "dangerous", "availability", "deletes and makes again what cannot be changed in place", dry_run="+--dry-run=server", grade="approximate",
         note="renders and asks the server; the upgrade may still fail", yes=("helm upgrade api ./c --force",), no=("helm upgrade api ./c",)),
    Rule(HELM, "upgrade|install|rollback|test|push", "caution", "config_change", "changes a release", dry_run="+--dry-run=server", grade="approximate",
         note="renders and asks the server; the change may still fail", yes=("helm upgrade --install api ./c -f v.yaml", "helm rollback api 4"), no=("helm upgrade api ./c --force",)),
)
# fmt: on
