"""Containers: docker and its like, compose, swarm, image tools, node runtimes, system containers."""

from __future__ import annotations

from ..rule import Rule, Tool

DOCKER = "docker|podman|nerdctl|finch"
COMPOSE = "docker-compose|podman-compose"
LXC = "lxc|incus"
LXC_OLD = (
    "lxc-start|lxc-stop|lxc-destroy|lxc-ls|lxc-info|lxc-create|lxc-copy|lxc-freeze|lxc-unfreeze|lxc-snapshot|lxc-execute|"
    "lxc-checkconfig|lxc-console|lxc-top|lxc-config|lxc-monitor|lxc-attach|lxc-cgroup|lxc-wait"
)
LOCAL = "minikube|kind|k3d|colima|multipass|limactl|vagrant|toolbox|distrobox|rdctl"
SCANNERS = "trivy|grype|syft|dive|hadolint|dockle|ctop|lazydocker|container-diff|docker-slim"
SIMULATED = "compose version 2 simulates the calls to the engine"

TOOLS: tuple[Tool, ...] = (
    Tool(
        DOCKER,
        "-H --host --context -c --config --log-level --format --filter -n --tail --since --until --name --network --net -e "
        "--env --env-file --volume --mount -p --publish --entrypoint -w --workdir -u --user --signal -s -t --time --timeout "
        "--replicas --availability --role --image --label --label-add --label-rm --publish-add --publish-rm --constraint-add "
        "--env-add --env-rm --restart --cpus -m --memory --platform --build-arg --target --tag --file --project-name "
        "--project-directory --profile --scale --last --limit --update-parallelism --update-delay --namespace --hostname --ip "
        "--driver --opt --subnet --gateway --token --advertise-addr --listen-addr --message --author --change --output -o --url "
        "--connection --root --runroot --storage-driver --cgroup-manager --add-host --cap-add --cap-drop --device --dns --gpus "
        "--ulimit --shm-size --log-driver --log-opt --pull --password --username --cert-expiry --compose-file --index",
    ),
    Tool(
        COMPOSE,
        "-f --file -p --project-name --project-directory --profile --env-file --tail --since --until --scale -t --timeout "
        "--signal -e --env -u --user -w --workdir --entrypoint --name --index --format --filter --parallel --ansi "
        "--exit-code-from --context -c --host -H",
    ),
    Tool(
        "buildah",
        "-f --file -t --tag --build-arg --root --runroot --storage-driver --format --creds --authfile --name",
        has_verbs=True,
    ),
    Tool(
        "skopeo",
        "--creds --src-creds --dest-creds --authfile --format --src --dest -s -d --override-os --override-arch",
        has_verbs=True,
    ),
    Tool("crane|regctl|oras|gcrane", "--platform -f --format -o --output -u --username -p --password", has_verbs=True),
    Tool(
        "crictl",
        "-r --runtime-endpoint -i --image-endpoint -c --config -t --timeout -o --output --name --namespace --state -s --label "
        "--tail --since -p --pod -n --last --image --id --template",
    ),
    Tool(
        "ctr", "-n --namespace -a --address --timeout --connect-timeout --snapshotter -s --signal --exec-id --platform"
    ),
    Tool(
        LXC,
        "-c --config -p --profile -n --network -s --storage -t --type --target --project --format --columns --timeout --env",
        has_verbs=True,
    ),
    Tool(LXC_OLD, "-n --name -P --lxcpath -t --timeout -N --newname -l --logfile -o"),
    Tool(LOCAL, "-p --profile --name -n --kubeconfig --image --nodes --config --timeout -c --command", has_verbs=True),
    Tool(SCANNERS, "-o --output --severity -f --format --cache-dir", has_verbs=True),
    Tool("cosign", "--key -o --output --certificate --signature", has_verbs=True),
)

# fmt: off
RULES: tuple[Rule, ...] = (
    # Help, and what is only tried.
    Rule(DOCKER, "compose !run !exec --dry-run=|true|1", "safe", "dry_run", "only says what it would do", id="docker-compose-dry-run",
         yes=("docker compose --dry-run up -d", "docker compose -f prod.yml --dry-run restart web", "docker compose down --dry-run"),
         no=("docker compose up -d", "docker compose --dry-run=false down -v", "docker run img --dry-run", "docker compose run web --dry-run")),
    Rule(COMPOSE, "!run !exec --dry-run=|true|1", "safe", "dry_run", "only says what it would do", id="compose-dry-run",
         yes=("docker-compose --dry-run down",), no=("docker-compose down", "docker-compose run web --dry-run")),
    Rule(DOCKER, "auto-update --dry-run=|true", "safe", "dry_run", "only says what it would do", yes=("podman auto-update --dry-run",), no=("podman auto-update",)),
    Rule("skopeo|crane|regctl|oras|buildah|ctr", "... --dry-run=|true", "safe", "dry_run", "only says what it would do",
         yes=("skopeo sync --dry-run --src docker --dest dir reg/app /srv/mirror",), no=("skopeo sync --src docker --dest dir reg/app /srv/mirror",)),
    Rule(f"{DOCKER}|{COMPOSE}", "help", "safe", "mention", "only prints help",
         yes=("docker help rm", "docker-compose help down"), no=("docker rm help",)),

    # compose. Its services may be called anything, so what changes comes before what reads.
    Rule(DOCKER, "compose logs|ps|config|images|top|events|port|ls|version|stats", "safe", "read_only", "only reads",
         yes=("docker compose logs stop", "docker compose ps", "docker compose ls"), no=("docker compose stop web",)),
    Rule(DOCKER, "compose ... run|exec", "caution", "config_change", "runs a command in a container of the stack",
         yes=("docker compose run web",), no=("docker compose up -d", "docker compose down")),
    Rule(DOCKER, "compose ... down -v|--volumes", "dangerous", "data_destruction", "stops the stack and deletes its volumes",
         dry_run="+--dry-run", grade="approximate", note=SIMULATED,
         yes=("docker compose down -v", "docker compose -f prod.yml -p shop down --volumes --remove-orphans"), no=("docker compose down", "docker compose up -d -V")),
    Rule(COMPOSE, "down -v|--volumes", "dangerous", "data_destruction", "stops the stack and deletes its volumes",
         dry_run="+--dry-run", grade="approximate", note=SIMULATED, id="compose-down-volumes",
         yes=("docker-compose -f live.yml down --volumes --rmi all", "docker-compose down -v"), no=("docker-compose down", "docker-compose up -d")),
    Rule(DOCKER, "compose ... rm -v|--volumes|-fsv|-sfv|-svf|-fv|-vf|-sv", "dangerous", "data_destruction", "removes containers with the volumes attached to them",
         dry_run="+--dry-run", grade="approximate", note=SIMULATED, id="docker-compose-rm-volumes",
         yes=("docker compose rm -f -v db", "docker compose rm -fsv db", "docker compose rm --force --volumes db"), no=("docker compose rm -f web",)),
    Rule(COMPOSE, "rm -v|--volumes", "dangerous", "data_destruction", "removes containers with the volumes attached to them", id="compose-rm-volumes",
         yes=("docker-compose rm -v db", "docker-compose rm --volumes"), no=("docker-compose rm web",)),
    Rule(DOCKER, "compose ... rm -s|--stop|-fs|-sf|-fsv|-sfv|-svf", "dangerous", "availability", "stops services and removes their containers",
         dry_run="+--dry-run", grade="approximate", note=SIMULATED, id="docker-compose-rm-stop",
         yes=("docker compose rm -sf web", "docker compose rm --stop web"), no=("docker compose rm -f web",)),
    Rule(COMPOSE, "rm -s|--stop|-fs|-sf|-fsv|-sfv|-svf", "dangerous", "availability", "stops services and removes their containers", id="compose-rm-stop",
         yes=("docker-compose rm -s web", "docker-compose rm -fsv db"), no=("docker-compose rm web",)),
    Rule(DOCKER, "compose ... stop|kill|pause", "dangerous", "availability", "stops services and leaves them stopped",
         dry_run="+--dry-run", grade="approximate", note=SIMULATED,
         yes=("docker compose stop payments", "docker compose -f prod.yml kill --signal SIGKILL db", "docker compose pause web"), no=("docker compose restart payments",)),
    Rule(COMPOSE, "stop|kill|pause", "dangerous", "availability", "stops services and leaves them stopped",
         dry_run="+--dry-run", grade="approximate", note=SIMULATED, id="compose-stop",
         yes=("docker-compose stop payments", "docker-compose -f prod.yml kill -s KILL db"), no=("docker-compose restart payments", "docker-compose down")),
    Rule(DOCKER, "compose @production ... down", "dangerous", "availability", "takes the whole stack down",
         dry_run="+--dry-run", grade="approximate", note=SIMULATED, id="docker-compose-down-production",
         yes=("docker compose -f compose.prod.yml down", "docker compose -p shop-production down --remove-orphans"), no=("docker compose down", "docker compose -f dev.yml down")),
    Rule(COMPOSE, "@production down", "dangerous", "availability", "takes the whole stack down",
         dry_run="+--dry-run", grade="approximate", note=SIMULATED, id="compose-down-production",
         yes=("docker-compose -f prod.yml down",), no=("docker-compose down",)),
    Rule(DOCKER, "compose ... up|scale --scale=*=0", "dangerous", "availability", "scales a service to zero",
         dry_run="+--dry-run", grade="approximate", note=SIMULATED, id="docker-compose-up-zero",
         yes=("docker compose up -d --scale web=0",), no=("docker compose up -d --scale web=3",)),
    Rule(COMPOSE, "up --scale=*=0", "dangerous", "availability", "scales a service to zero", id="compose-up-zero",
         yes=("docker-compose up -d --scale web=0",), no=("docker-compose up -d --scale web=10",)),
    Rule(DOCKER, "compose ... scale ~*=0", "dangerous", "availability", "scales a service to zero", id="docker-compose-scale-zero",
         yes=("docker compose scale web=0",), no=("docker compose scale web=10",)),
    Rule(COMPOSE, "scale ~*=0", "dangerous", "availability", "scales a service to zero", id="compose-scale-zero",
         yes=("docker-compose scale web=0 worker=2",), no=("docker-compose scale web=10",)),
    Rule(DOCKER, "compose ... down|up|restart|start|unpause|build|pull|push|create|scale|rm|cp|watch|attach|commit|publish", "caution", "availability",
         "starts, restarts or replaces containers of the stack", dry_run="+--dry-run", grade="approximate", note=SIMULATED,
         yes=("docker compose down", "docker compose up -d --build", "docker compose -f prod.yml restart web", "docker compose pull && docker compose up -d", "docker compose rm -f web"),
         no=("docker compose ps", "docker compose stop web")),
    Rule(COMPOSE, "down|up|restart|start|unpause|build|pull|push|create|scale|rm|run|exec|cp|bundle", "caution", "availability",
         "starts, restarts or replaces containers of the stack", dry_run="+--dry-run", grade="approximate", note=SIMULATED, id="compose-change",
         yes=("docker-compose down", "docker-compose up -d", "docker-compose -f prod.yml restart web"), no=("docker-compose ps", "docker-compose stop web")),
    Rule(DOCKER, "compose ... ps|logs|config|images|top|ls|version|events|port|convert|stats|wait|volumes", "safe", "read_only", "only reads", id="docker-compose-read",
         yes=("docker compose -f prod.yml logs -f --tail=100 web",), no=("docker compose stop web",)),
    Rule(COMPOSE, "ps|logs|config|images|top|version|events|port|ls|convert|stats", "safe", "read_only", "only reads", id="compose-read",
         yes=("docker-compose ps", "docker-compose -f prod.yml logs --tail 50 web", "docker-compose config -q"), no=("docker-compose stop web",)),

    # docker: reading.
    Rule(DOCKER, "ps|logs|log|inspect|images|info|version|stats|top|port|events|diff|history|search|wait|list|ls|healthcheck", "safe", "read_only", "only reads",
         yes=("docker ps --filter status=exited", "docker logs -f --tail 100 api", "docker inspect -f '{{.State.OOMKilled}}' payments-api", "docker stats --no-stream",
              "podman images", "nerdctl -n k8s.io ps -a", "docker -H tcp://10.0.0.5:2375 info", "docker top api"),
         no=("docker stop ps", "docker image rm x")),
    Rule(DOCKER, "container|image|volume|network|service|node|stack|secret|config|plugin|context|pod|swarm|builder|buildx|manifest|trust|machine|checkpoint|scout|artifact|farm|quadlet "
         "ls|list|ps|inspect|logs|top|stats|port|diff|history|show|services|du|config|tree|exists|info|cves|quickview|recommendations|compare|export|search|wait|print|imagetools",
         "safe", "read_only", "only reads",
         yes=("docker container ls -a", "docker volume ls -qf dangling=true", "docker service ps web --no-trunc", "docker node ls", "docker stack services shop", "docker manifest inspect app:1", "docker context ls", "docker secret inspect tls", "podman pod ps"),
         no=("docker volume rm data", "docker node update --availability drain n1", "docker config rm app")),
    Rule(DOCKER, "system df|info|events|connection|service", "safe", "read_only", "only reads",
         yes=("docker system df -v", "docker system events --since 1h"), no=("docker system prune -af",)),
    Rule(DOCKER, "generate|save|export|sbom !@kept-aside", "caution", "config_change", "writes over a file here", id="docker-save-over", yes=("docker save -o /etc/app.conf api:1.2", "docker export -o api.img api", "podman save --output=/srv/api.tar api"), no=("docker save -o /tmp/api.tar api:1.2", "docker save -o api.tar api:1.2", "docker save api:1.2")),
    Rule(DOCKER, "container|image export|save !@kept-aside", "caution", "config_change", "writes over a file here", id="docker-image-save-over", yes=("docker image save -o /etc/app.conf api:1.2",), no=("docker image save api:1.2", "docker image save -o /tmp/api.tar api:1.2")),
    Rule(DOCKER, "generate|save|export", "safe", "read_only", "copies something out of the engine",
         yes=("docker save -o /tmp/api.tar api:1.2", "podman generate kube web"), no=("docker load -i /tmp/api.tar",)),
    Rule(DOCKER, "container|image export|save", "safe", "read_only", "copies something out of the engine", id="docker-image-save",
         yes=("docker image save api:1.2",), no=("docker image load",)),
    Rule(DOCKER, "cp @copied-aside *:*", "safe", "read_only", "copies a file out of a container", id="docker-cp-out", yes=("docker cp api:/tmp/heap.hprof ./heap.hprof", "podman cp api:/etc/app.conf /tmp/", "docker cp api:/var/log/app.log -"), no=("docker cp ./fix.jar api:/srv/", "docker cp a:b api:/srv/", "docker cp api:/app.conf app.conf")),
    Rule(DOCKER, "container cp @copied-aside *:*", "safe", "read_only", "copies a file out of a container", id="docker-container-cp-out", yes=("docker container cp api:/tmp/heap.hprof ./heap.hprof",), no=("docker container cp ./fix.jar api:/srv/",)),
    Rule(DOCKER, "cp @to-power *:*", "dangerous", "privilege", "replaces a file that says who may do what", id="docker-cp-power", yes=("docker cp api:/x /etc/passwd",), no=("docker cp api:/x /etc/app.conf",)),
    Rule(DOCKER, "cp *:* !*:*", "caution", "config_change", "copies a file out of a container, over what is there", id="docker-cp-over", yes=("docker cp api:/app.conf /etc/app.conf", "podman cp api:/app.conf ./app.conf"), no=("docker cp ./fix.jar api:/srv/",)),

    # docker: destroying.
    Rule(DOCKER, "system prune", "dangerous", "data_destruction", "removes stopped containers, unused networks and images, with --volumes data too",
         dry_run="instead docker system df -v", grade="approximate", note="lists what there is and how much could be reclaimed; prune removes what nothing uses",
         yes=("docker system prune --all --force --volumes", "docker system prune -f", "podman system prune --all --force"), no=("docker system df", "docker image prune -f")),
    Rule(DOCKER, "system reset|renumber|migrate", "dangerous", "data_destruction", "resets the engine with all containers, images and volumes",
         yes=("podman system reset --force",), no=("podman system info",)),
    Rule(DOCKER, "volume prune|reset", "dangerous", "data_destruction", "deletes every volume nothing uses, and the data in them",
         dry_run="instead docker volume ls -f dangling=true", grade="approximate", note="lists the volumes no container uses",
         yes=("docker volume prune -f", "podman volume prune --force"), no=("docker volume ls",)),
    Rule(DOCKER, "volume rm|remove", "dangerous", "data_destruction", "deletes volumes and the data in them",
         dry_run="rm=>inspect remove=>inspect -f=> --force=>", grade="approximate", note="shows the volumes as they are",
         yes=("docker volume rm pgdata", "docker volume rm $(docker volume ls -qf dangling=true)"), no=("docker volume ls", "docker volume create data")),
    Rule(DOCKER, "rm -v|--volumes|-fv|-vf|-fva|-afv", "dangerous", "data_destruction", "removes containers with the volumes attached to them",
         yes=("docker rm -v db", "docker rm -fv db", "docker rm --force --volumes db"), no=("docker rm db",)),
    Rule(DOCKER, "rm -f|--force|-a|--all", "dangerous", "availability", "kills containers and removes them",
         yes=("docker rm -f payments-api", "docker rm --force $(docker ps -aq)", "podman rm -af"), no=("docker rm billing-web-2023",)),
    Rule(DOCKER, "container rm|remove -f|--force|-v|--volumes|-a|--all|-fv|-vf", "dangerous", "availability", "kills containers and removes them",
         yes=("docker container rm -f payments-api",), no=("docker container rm api-old",)),
    Rule(DOCKER, "kill -s|--signal=HUP|SIGHUP|USR1|SIGUSR1|USR2|SIGUSR2|WINCH|1|10|12", "caution", "process_kill", "sends a signal that asks for something", id="docker-signal",
         yes=("docker kill -s HUP haproxy", "docker kill --signal=SIGUSR1 nginx"), no=("docker kill nginx",)),
    Rule(DOCKER, "stop|kill|pause", "dangerous", "availability", "stops containers and leaves them stopped",
         yes=("docker stop billing-web", "docker kill --signal=KILL billing-db", "docker stop -t 30 web db", "docker stop $(docker ps -q)", "docker pause api", "docker --context prod stop api"),
         no=("docker restart billing-web", "docker kill -s HUP haproxy")),
    Rule(DOCKER, "container stop|kill|pause|checkpoint", "dangerous", "availability", "stops containers and leaves them stopped", id="docker-container-stop",
         yes=("docker container stop payments-api", "podman container checkpoint db"), no=("docker container restart payments-api",)),
    Rule(DOCKER, "pod stop|kill|rm|pause|prune", "dangerous", "availability", "takes the containers of a pod away",
         yes=("podman pod rm -f web", "podman pod stop --all"), no=("podman pod ps",)),
    Rule(DOCKER, "kube down", "dangerous", "availability", "takes away what a file describes", yes=("podman kube down web.yaml",), no=("podman kube play web.yaml",)),
    Rule(DOCKER, "play kube --down", "dangerous", "availability", "takes away what a file describes", yes=("podman play kube --down web.yaml",), no=("podman play kube web.yaml",)),
    Rule(DOCKER, "machine rm|stop|reset", "dangerous", "availability", "takes the machine with all its containers away", yes=("podman machine rm -f",), no=("podman machine start",)),
    Rule(DOCKER, "network disconnect", "dangerous", "network", "cuts a container off a network", yes=("docker network disconnect -f backend api",), no=("docker network connect backend api",)),
    Rule(DOCKER, "secret rm|remove", "dangerous", "credentials", "deletes secrets", yes=("docker secret rm db_password",), no=("docker secret ls",)),
    Rule(DOCKER, "config rm|remove", "dangerous", "config_change", "deletes configuration that services read", yes=("docker config rm nginx_conf",), no=("docker config ls",)),
    Rule(DOCKER, "plugin rm|remove|disable", "dangerous", "availability", "takes a plugin away that volumes or networks may need", yes=("docker plugin disable -f rexray/ebs",), no=("docker plugin ls",)),
    Rule(DOCKER, "trust revoke", "dangerous", "credentials", "takes the trust in an image back", yes=("docker trust revoke reg/app:1.2",), no=("docker trust inspect reg/app",)),
    # swarm
    Rule(DOCKER, "swarm leave", "dangerous", "cluster_scope", "leaves the swarm; it may lose its quorum", yes=("docker swarm leave --force",), no=("docker swarm join --token x 10.0.0.1:2377",)),
    Rule(DOCKER, "swarm init --force-new-cluster", "dangerous", "cluster_scope", "makes a new cluster of one manager", yes=("docker swarm init --force-new-cluster",), no=("docker swarm init",)),
    Rule(DOCKER, "swarm ca|join-token|unlock-key --rotate", "dangerous", "credentials", "replaces credentials of the swarm",
         yes=("docker swarm join-token --rotate worker", "docker swarm ca --rotate"), no=("docker swarm join-token worker",)),
    Rule(DOCKER, "swarm join-token|unlock-key|ca", "caution", "credentials", "prints secrets of the swarm", id="docker-swarm-token", yes=("docker swarm join-token worker",), no=("docker swarm join-token --rotate worker",)),
    Rule(DOCKER, "node update --availability=drain", "dangerous", "availability", "moves everything off a node",
         yes=("docker node update --availability drain mgr-2", "docker node update --availability=drain w-2"), no=("docker node update --availability active manager-1",)),
    Rule(DOCKER, "node update --role=worker", "dangerous", "cluster_scope", "takes a manager's vote away", yes=("docker node update --role worker m-1",), no=("docker node update --role manager w-1",)),
    Rule(DOCKER, "node rm|remove|demote", "dangerous", "cluster_scope", "takes a node or its vote out of the swarm", yes=("docker node rm --force w-3", "docker node demote m-2"), no=("docker node promote w-3",)),
    Rule(DOCKER, "service rm|remove", "dangerous", "availability", "takes a service away", yes=("docker service rm web",), no=("docker service ls",)),
    Rule(DOCKER, "service scale ~*=0", "dangerous", "availability", "scales a service to zero", yes=("docker service scale books=0", "docker service scale books=0 api=0"), no=("docker service scale web=10",)),
    Rule(DOCKER, "service update --replicas=0", "dangerous", "availability", "scales a service to zero", yes=("docker service update --replicas 0 web", "docker service update --replicas=0 web"), no=("docker service update --replicas 3 web",)),
    Rule(DOCKER, "stack rm|remove|down", "dangerous", "availability", "takes a stack with all its services away", yes=("docker stack rm shop",), no=("docker stack deploy -c a.yml shop",)),
    Rule(DOCKER, "stack deploy|up --prune", "dangerous", "availability", "removes services the file no longer names", yes=("docker stack deploy --prune -c a.yml shop",), no=("docker stack deploy -c a.yml shop",)),

    # docker: changing.
    Rule(DOCKER, "exec|attach", "caution", "privilege", "opens a shell in a container, or joins it", yes=("docker attach payments-api", "docker exec -it payments-api"), no=("docker exec api ls",)),
    Rule(DOCKER, "container exec|attach", "caution", "privilege", "opens a shell in a container, or joins it", id="docker-container-exec", yes=("docker container attach api",), no=("docker container ls",)),
    Rule(DOCKER, "run|create", "caution", "config_change", "starts or makes a container", yes=("docker run -d --name web nginx:1.27", "docker create nginx"), no=("docker ps",)),
    Rule(DOCKER, "restart|start|unpause", "caution", "availability", "starts containers, or restarts them for a moment", yes=("docker restart billing-web", "docker start web"), no=("docker stop web",)),
    Rule(DOCKER, "rm", "caution", "data_destruction", "removes stopped containers", yes=("docker rm billing-web-2023", "docker rm $(docker ps -aq -f status=exited)"), no=("docker rm -f api",)),
    Rule(DOCKER, "rmi|untag", "caution", "data_destruction", "removes images; they can be pulled again", yes=("docker rmi images.example.net/api:1.2.3", "docker rmi -f $(docker images -q)"), no=("docker images",)),
    Rule(DOCKER, "container|image|builder|buildx|network prune|rm|rmi|remove|prune-storage", "caution", "data_destruction", "frees space that unused images, builds or stopped containers take",
         yes=("docker image prune -f", "docker image prune -a --filter until=24h", "docker builder prune -af", "docker container prune -f", "docker image rm api:1.2"), no=("docker volume prune -f", "docker image ls")),
    Rule(DOCKER, "login|logout", "caution", "credentials", "changes the credentials for a registry", yes=("docker login -u ops registry.example.com", "podman logout --all"), no=("docker info",)),
    Rule(DOCKER, "build|pull|push|tag|commit|load|import|rename|update|cp|init|auto-update|mount|unmount|umount|restore|clone|compose|bake|play|kube|unshare", "caution", "config_change", "changes images, containers or their settings",
         yes=("docker pull api:1.3", "docker build -t api:1.3 .", "docker update --restart=no api", "docker cp ./fix.jar api:/srv/"), no=("docker images",)),
    Rule(DOCKER, "container|image|volume|network|service|node|stack|secret|config|plugin|context|pod|swarm|builder|buildx|manifest|trust|machine|system|checkpoint|artifact", "caution", "config_change", "changes something of the engine or the swarm", id="docker-group",
         yes=("docker service update --force web", "docker service rollback web", "docker network connect backend api", "docker context use prod", "docker stack deploy -c a.yml shop", "docker volume create data", "docker buildx build ."),
         no=("docker service ls", "docker service rm web")),

    # Registries and images.
    Rule("skopeo", "inspect|list-tags|manifest-digest|standalone-verify", "safe", "read_only", "only reads", yes=("skopeo inspect docker://reg/app:1", "skopeo list-tags docker://reg/app"), no=("skopeo copy a b",)),
    Rule("crane|regctl|oras|gcrane", "... delete|rm|remove", "dangerous", "data_destruction", "deletes images from a registry", yes=("crane delete reg/app@sha256:0a", "regctl tag rm reg/app:1"), no=("crane ls reg/app",)),
    Rule("crane|gcrane", "pull|export !@copied-aside * *", "caution", "config_change", "writes an image over a file", id="crane-pull-over", yes=("crane pull reg/app:1 /etc/app.conf", "crane export reg/app:1 app"), no=("crane pull reg/app:1 app.tar", "crane export reg/app:1 -", "crane export reg/app:1")),
    Rule("crane|gcrane", "digest|manifest|config|catalog|blob|ls|validate|version|export|pull", "safe", "read_only", "only reads", yes=("crane digest reg/app:1", "crane ls reg/app"), no=("crane copy a b",)),
    Rule("buildah", "rm|rmi|prune|unmount|umount", "caution", "local_scratch", "removes working containers or images; they can be built again", yes=("buildah rm -a", "buildah rmi --prune"), no=("buildah images",)),
    Rule("buildah", "images|containers|inspect|info|version|source", "safe", "read_only", "only reads", yes=("buildah images", "buildah containers"), no=("buildah rm -a",)),
    Rule("buildah", "from|bud|build|commit|config|add|copy|run|mount|manifest|rename", "caution", "config_change", "makes or changes a working container or image", yes=("buildah bud -t app .", "buildah from alpine"), no=("buildah images",)),
    Rule(SCANNERS, "clean|server|plugin", "caution", "config_change", "changes the scanner's own files, or starts a server", yes=("trivy clean --all",), no=("trivy image api:1",)),
    Rule(SCANNERS, "", "safe", "read_only", "only looks at images, files or containers", yes=("trivy image --severity HIGH api:1", "syft api:1", "hadolint Dockerfile"), no=("trivy clean --all",)),
    Rule("cosign", "sign|attest|attach|copy|upload|generate-key-pair|import-key-pair|clean|load|save|initialize", "caution", "credentials", "signs, or changes keys and signatures", yes=("cosign sign --key k reg/app:1",), no=("cosign verify --key k reg/app:1",)),
    Rule("cosign", "verify*|tree|triangulate|public-key|version|download", "safe", "read_only", "only reads", yes=("cosign verify --key k.pub reg/app:1",), no=("cosign sign reg/app:1",)),

    # Node runtimes.
    Rule("crictl", "ps|pods|images|image|img|inspect|inspecti|inspectp|logs|stats|statsp|info|version|port-forward|imagefsinfo|events|event|metricsp|completion|help|runtime-config", "safe", "read_only", "only reads",
         yes=("crictl ps -a", "crictl -r unix:///run/containerd/containerd.sock pods --name api", "crictl logs --tail 50 3f1c", "crictl inspectp 77"), no=("crictl rmp -fa", "crictl stop 3f1c")),
    Rule("crictl", "rm|rmp|stop|stopp -a|--all|-fa|-af", "dangerous", "availability", "stops or removes every container or pod of this node", yes=("crictl rmp -fa", "crictl rm --all --force", "crictl rm -a"), no=("crictl rmp 77", "crictl rmi -a")),
    Rule("crictl", "rm|rmp|stop|stopp @bulk", "dangerous", "availability", "stops or removes whichever containers are there when it runs", id="crictl-rm-bulk", yes=("crictl rmp -f $(crictl pods -q)", "crictl ps -q | xargs crictl stop"), no=("crictl stop 3f1c",)),
    Rule("crictl", "rm|rmp|stop|stopp", "caution", "availability", "stops or removes a container; the kubelet makes it again", id="crictl-stop", yes=("crictl stop 3f1c", "crictl rmp -f 77"), no=("crictl rmp -fa",)),
    Rule("crictl", "rmi", "caution", "data_destruction", "frees image space; images are pulled again", yes=("crictl rmi --prune", "crictl rmi api:1"), no=("crictl images",)),
    Rule("crictl", "", "caution", "config_change", "changes containers of this node", id="crictl-other", yes=("crictl pull api:1", "crictl exec -it 3f1c"), no=("crictl ps", "crictl rmi --prune")),
    Rule("ctr", "task|tasks|t kill|delete|del|remove|rm|pause", "dangerous", "availability", "kills or freezes a running container", yes=("ctr -n k8s.io tasks kill -s SIGKILL 3f1c", "ctr t rm -f 3f1c"), no=("ctr tasks ls",)),
    Rule("ctr", "namespace|namespaces|ns delete|del|remove|rm", "dangerous", "data_destruction", "removes a namespace of containers", yes=("ctr namespaces rm k8s.io",), no=("ctr ns ls",)),
    Rule("ctr", "container|containers|c|snapshot|snapshots|content|lease|leases|sandboxes delete|del|remove|rm|prune", "dangerous", "data_destruction", "removes what containers of this node are made of", yes=("ctr -n k8s.io containers rm 3f1c", "ctr snapshots rm sha256:0a"), no=("ctr c ls",)),
    Rule("ctr", "version|plugins|plugin|events|event|info|help|deprecations", "safe", "read_only", "only reads", yes=("ctr version",), no=("ctr run x y",)),
    Rule("ctr", "* ls|list|info|ps|metrics|metric|check|tree|usage|get|export|mounts|diff|inspect", "safe", "read_only", "only reads", yes=("ctr -n k8s.io images ls -q", "ctr -n k8s.io containers ls", "ctr t ps 3f1c"), no=("ctr images rm api:1",)),
    Rule("ctr", "", "caution", "config_change", "changes images or containers of this node", id="ctr-other", yes=("ctr -n k8s.io images pull docker.io/library/nginx:1", "ctr images rm api:1", "ctr t start 3f1c"), no=("ctr images ls",)),

    # System containers.
    Rule(LXC, "stop|pause|freeze", "dangerous", "availability", "stops instances and leaves them stopped", yes=("lxc stop web-1 --force", "incus stop --all"), no=("lxc restart web-1",)),
    Rule(LXC, "delete|rm", "dangerous", "data_destruction", "deletes instances with their disks", yes=("lxc delete web-1 --force", "incus rm -f web-1"), no=("lxc list",)),
    Rule(LXC, "snapshot restore", "dangerous", "data_destruction", "puts an old state over the live one", yes=("incus snapshot restore web-1 before",), no=("incus snapshot create web-1 before",)),
    Rule(LXC, "restore|rebuild", "dangerous", "data_destruction", "puts an old or new state over the live one", yes=("lxc restore web-1 before",), no=("lxc snapshot web-1 before",)),
    Rule(LXC, "shell|exec|console", "caution", "privilege", "opens a shell in an instance", yes=("lxc shell web-1", "lxc exec web-1"), no=("lxc exec web-1 -- uptime",)),
    Rule(LXC, "monitor|list|ls|info|version|query|top|warning|operation", "safe", "read_only", "only reads", yes=("lxc list", "lxc info web-1 --show-log", "incus monitor"), no=("lxc delete web-1",)),
    Rule(LXC, "config|image|network|profile|project|storage|cluster|remote|alias ... delete|remove|rm|unset|detach", "dangerous", "data_destruction", "deletes what instances are made of or need", id="lxc-group-delete",
         yes=("lxc storage volume delete default data", "lxc network delete lxdbr0", "lxc image delete ubuntu"), no=("lxc config show web-1",)),
    Rule("lxc-stop|lxc-freeze", "", "dangerous", "availability", "stops a container and leaves it stopped", id="lxc-old-stop", yes=("lxc-stop -n web-1 -k", "lxc-freeze -n web-1"), no=("lxc-start -n web-1",)),
    Rule("lxc-destroy", "", "dangerous", "data_destruction", "deletes a container with its disk", yes=("lxc-destroy -n web-1 -f",), no=("lxc-info -n web-1",)),
    Rule("lxc-snapshot", "-r|--restore|-d|--destroy", "dangerous", "data_destruction", "puts an old state over the live one, or deletes it", yes=("lxc-snapshot -n web-1 -r snap0",), no=("lxc-snapshot -n web-1",)),
    Rule("lxc-ls|lxc-info|lxc-checkconfig|lxc-top|lxc-monitor|lxc-config|lxc-wait", "", "safe", "read_only", "only reads", yes=("lxc-ls -f", "lxc-info -n web-1"), no=("lxc-start -n web-1",)),
    Rule("lxc-start|lxc-create|lxc-copy|lxc-unfreeze|lxc-snapshot|lxc-execute|lxc-console|lxc-attach|lxc-cgroup", "", "caution", "config_change", "starts, makes or enters a container", yes=("lxc-start -n web-1 -d", "lxc-snapshot -n web-1"), no=("lxc-ls",)),

    # Local clusters and machines.
    Rule("minikube|kind|k3d|colima", "ip|docker-env|podman-env|profile|service|status|kubectl|logs|version|dashboard|ssh-host|ssh-key|update-check|tunnel", "safe", "read_only", "only reads, or opens a way in",
         yes=("minikube ip", "minikube status", "minikube -p dev logs"), no=("minikube delete",)),
    Rule("minikube|multipass|limactl|vagrant|colima|toolbox|distrobox", "ssh|shell|enter|exec", "caution", "privilege", "opens a shell in a machine", yes=("vagrant ssh web-1", "minikube ssh"), no=("minikube stop",)),
    Rule("vagrant", "snapshot restore|pop|delete", "dangerous", "data_destruction", "puts an old state over the live one, or deletes it", yes=("vagrant snapshot restore before",), no=("vagrant snapshot list",)),
    Rule("kind|k3d", "export|load|kubeconfig|image", "caution", "config_change", "changes the cluster or the client's context", yes=("kind load docker-image api:1", "k3d kubeconfig merge dev"), no=("kind get clusters",)),
)
# fmt: on
